//! Lines for a shell that take an order from placing to its results.

use std::net::SocketAddr;

/// A test of the stand-in's catalogue that asks nothing.
const TEST: &str = "2a6f0c51-93f5-4c0b-8a14-6b1de0c7a512";

/// The lines; each uses what those before it have set.
pub(super) fn lines(gateway: SocketAddr, simulator: SocketAddr, key: &str) -> String {
    let api = format!("http://{gateway}/v1/junction");
    let steps = format!("http://{simulator}/__sim/junction/orders");
    let clock = clock(gateway, simulator);
    // In a function, the key and the team are written once.
    format!(
        r#"Order a blood draw at home: place, put the clock forward, read, find times, book (paste line by line):

ehr() {{ curl -sS -H 'Authorization: Bearer {key}' -H 'x-junction-team: clinic-7' -H 'Content-Type: application/json' "$@"; }}
first() {{ sed "s/.*\"$1\":\"\([^\"]*\)\".*/\1/"; }}
order=$(ehr {api}/orders -H 'Idempotency-Key: first' -d '{{"clinician":{{"userId":"emp123","firstName":"Élodie","lastName":"Côté","email":"elodie.cote@clinic.ca"}},"team":{{"integrationTeamId":"clinic-7"}},"patient":{{"clientUserId":"patient123","demographics":{{"firstName":"Ana","lastName":"Diaz","email":"ana.diaz@example.com","phoneNumber":"+16025550123","gender":"female","dob":"1986-03-09"}}}},"address":{{"firstLine":"1 West Lincoln Street","city":"Phoenix","state":"AZ","zip":"85004"}},"tests":["{TEST}"]}}' | first orderId)
{clock} -d '{{"advanceSecs":60}}'
ehr {api}/orders/$order
slot=$(ehr {api}/orders/$order/slots -d '{{}}' | first slot)
ehr {api}/orders/$order/visit -d "{{\"slot\":\"$slot\",\"notes\":\"A dog\"}}"

Then cancel the visit, or have the sample drawn and read the results; and see what a host learns of it:

reason=$(ehr {api}/cancellation-reasons | first reasonId)
ehr {api}/orders/$order/visit/cancel -d "{{\"reasonId\":\"$reason\",\"notes\":\"Away that day\"}}"

curl -sS -X POST {steps}/$order/draw; curl -sS -X POST {steps}/$order/final
ehr {api}/orders/$order/results
ehr {api}/orders/$order/results.pdf -o results.pdf
ehr '{api}/events?after=0'
"#
    )
}

/// Moves the gateway's clock with the stand-in's, if this build can.
fn clock(gateway: SocketAddr, simulator: SocketAddr) -> String {
    let call = if cfg!(feature = "console") {
        format!("-X POST http://{gateway}/console/clock")
    } else {
        format!("-X PUT http://{simulator}/__sim/clock")
    };
    format!("curl -sS {call} -H 'Content-Type: application/json'")
}
