"""Launches with the generated client, and prints what came of it.

python3 launches.py ORIGIN HOST_KEY
"""

import json
import sys
from typing import Any

from empego_gateway.api.native import launch_consultation_view
from empego_gateway.client import AuthenticatedClient
from empego_gateway.models import Clinician, EmbedDocument, Error, Intent, LaunchForPatient


def forbidden(clinician: Clinician) -> list[LaunchForPatient]:
    """What the contract forbids, and the types with it."""
    return [
        # Nobody says for which patient.
        LaunchForPatient(clinician=clinician),  # type: ignore[call-arg]
        # There is no such intent.
        LaunchForPatient(patient_key="patient123", intent="create"),  # type: ignore[arg-type]
    ]


def launch(origin: str, key: str, email: str) -> dict[str, Any]:
    client = AuthenticatedClient(base_url=origin, token=key, prefix="", auth_header_name="Api-Key")
    clinician = Clinician(user_id="emp123", first_name="Élodie", last_name="Côté", email=email)
    body = LaunchForPatient(clinician=clinician, intent=Intent.UPSERT, patient_key="patient123")
    answer = launch_consultation_view.sync(client=client, body=body)
    if isinstance(answer, EmbedDocument):
        return {
            "url": answer.url,
            "identity": answer.identity.value,
            "warnings": [warning.value for warning in answer.warnings],
        }
    assert isinstance(answer, Error)
    errors = [{"field": error.field, "code": error.code.value} for error in answer.errors]
    return {"status": answer.status.value, "code": answer.code.value, "errors": errors}


def main() -> None:
    _, origin, host_key = sys.argv
    whole = "elodie.cote@clinic.ca"
    outcomes = {
        "launched": launch(origin, host_key, whole),
        "refused": launch(origin, host_key, "elodie"),
        "unauthenticated": launch(origin, "egw_nobodys", whole),
    }
    print(json.dumps(outcomes))


main()
