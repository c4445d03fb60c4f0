"""Calls one of Junction's clients for Python, as a line of JSON on standard input says, and prints what comes of it.

    python3 client.py MODULE CLASS BASE_URL KEY
"""

import importlib
import json
import sys

MODULE, CLASS, BASE_URL, KEY = sys.argv[1:]
sdk = importlib.import_module(MODULE)
client = getattr(sdk, CLASS)(base_url=BASE_URL, api_key=KEY)
tests = client.lab_tests

PLACE = {"first_line": "1 West Lincoln Street", "city": "Phoenix", "state": "AZ", "zip_code": "85004"}

PAID = {"additional_headers": {"x-gateway-accept-late-fee": "true"}}


def values_of(model, **values):
    """Values as a client takes them: the former one as a whole, the current one by their names."""
    return {"request": getattr(sdk, model)(**values)} if CLASS == "Vital" else values


def visit(found):
    return {"id": found.id, "start": found.start_at.isoformat() if found.start_at else None, "status": str(found.status)}


def start_of(chunks):
    return b"".join(chunks)[:4].decode()


def create_user(reference):
    return client.user.create(client_user_id=reference).user_id


def resolve_user(reference):
    return client.user.get_by_client_user_id(reference).user_id


def is_served(zip_code):
    return tests.get_area_info(zip_code=zip_code).phlebotomy.is_served


def tests_of():
    return [test.id for test in tests.get_paginated(collection_method="at_home_phlebotomy", lab_test_limit=50).data]


def place_order(user, test, first_name):
    placed = tests.create_order(
        user_id=user,
        patient_details=sdk.PatientDetailsWithValidation(
            first_name=first_name, last_name="O'Connor", dob="1986-03-09", gender="female",
            phone_number="+16025550123", email="zoe@example.com",
        ),
        patient_address=sdk.PatientAddressWithValidation(
            receiver_name="Zoe", first_line="1 West Lincoln Street", city="Phoenix", state="AZ", zip="85004",
            country="US",
        ),
        order_set=sdk.OrderSetRequest(lab_test_ids=[test]),
    )
    return placed.order.id


def slots():
    offered = tests.get_phlebotomy_appointment_availability(**values_of("UsAddress", **PLACE))
    return [{"key": slot.booking_key, "start": slot.start.isoformat()} for day in offered.slots for slot in day.slots]


def book(order, key):
    return visit(tests.book_phlebotomy_appointment(order, **values_of("AppointmentBookingRequest", booking_key=key)))


def reschedule(order, key):
    values = values_of("AppointmentRescheduleRequest", booking_key=key)
    return visit(tests.reschedule_phlebotomy_appointment(order, **values))


def request(order, provider):
    address = sdk.UsAddress(**PLACE)
    return visit(tests.request_phlebotomy_appointment(order, address=address, provider=provider))


def read_visit(order):
    return visit(tests.get_phlebotomy_appointment(order))


def reasons():
    return [reason.id for reason in tests.get_phlebotomy_appointment_cancellation_reason()]


def cancel_visit(order, reason, accepts_late_fee):
    options = PAID if accepts_late_fee else None
    return visit(tests.cancel_phlebotomy_appointment(order, cancellation_reason_id=reason, request_options=options))


def cancel_order(order):
    return tests.cancel_order(order).order.id


def read_order(order):
    found = tests.get_order(order)
    return {"id": found.id, "url": found.requisition_form_url}


def orders(user):
    return [order.id for order in tests.get_orders(user_id=user, size=50).orders]


def simulate(order, status):
    return tests.simulate_order_process(order, final_status=status) is not None


def results(order):
    return len(tests.get_result_raw(order).results)


def results_pdf(order):
    return start_of(tests.get_result_pdf(order))


def requisition_pdf(order):
    return start_of(tests.get_order_requistion_pdf(order))


CALLS = {
    "createUser": create_user, "resolveUser": resolve_user, "isServed": is_served, "tests": tests_of,
    "placeOrder": place_order, "slots": slots, "book": book, "reschedule": reschedule, "request": request, "visit": read_visit,
    "reasons": reasons, "cancelVisit": cancel_visit, "cancelOrder": cancel_order, "order": read_order,
    "orders": orders, "simulate": simulate, "results": results, "resultsPdf": results_pdf,
    "requisitionPdf": requisition_pdf,
}

for line in sys.stdin:
    call = json.loads(line)
    try:
        answer = {"result": CALLS[call["name"]](*call["values"])}
    except Exception as error:
        status = getattr(error, "status_code", None)
        body = getattr(error, "body", None)
        if hasattr(body, "dict"):
            body = body.dict()
        answer = {"error": {"status": status, "body": body, "text": repr(error)}}
    print(json.dumps(answer, default=str), flush=True)
