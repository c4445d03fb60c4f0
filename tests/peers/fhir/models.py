"""Reads AuditEvents and Bundles, one a line, and prints what is wrong with each as a list in JSON."""

import json
import sys

from fhir.resources.R4B.auditevent import AuditEvent
from fhir.resources.R4B.bundle import Bundle
from pydantic import ValidationError

MODELS = {"AuditEvent": AuditEvent, "Bundle": Bundle}


def fault(line):
    try:
        MODELS[json.loads(line)["resourceType"]].model_validate_json(line)
    except ValidationError as error:
        return str(error)
    return None


print(json.dumps([fault(line) for line in sys.stdin]))
