"""What is in a gateway's store: counts its receipts, or fills it with events of orders that were read a minute ago."""

import sqlite3
import sys
import time
import uuid

EVENTS_PER_ORDER = 5
TEAM = uuid.UUID("11111111-1111-4111-8111-111111111111").bytes


def fill(connection, count):
    now = int(time.time() * 1_000_000)
    read = now - 60_000_000
    orders = [uuid.uuid4().bytes for _ in range(count // EVENTS_PER_ORDER)]
    connection.executemany(
        "insert into followed_order (team_id, environment, order_id, tenant, state, raw_status, upstream_updated_at,"
        " last_event_id, urgent, marks, due_at, attempts, checked_at, changed_at)"
        " values (?, 'sandbox', ?, 'downtown', 'resulted', 'completed.at_home_phlebotomy.completed', ?, ?, 0, 1, ?, 0, ?, ?)",
        ((TEAM, order, read, EVENTS_PER_ORDER, read, read, read) for order in orders),
    )
    connection.executemany(
        "insert into event (tenant, team_id, order_id, kind, state, at, noted)"
        " values ('downtown', ?, ?, 'order', 'resulted', ?, ?)",
        ((TEAM, orders[number % len(orders)], read, read) for number in range(count)),
    )
    connection.commit()


def main():
    file, command, *rest = sys.argv[1:]
    connection = sqlite3.connect(file)
    if command == "receipts":
        print(connection.execute("select count(*) from receipt").fetchone()[0])
    else:
        fill(connection, int(rest[0]))
    connection.close()


main()
