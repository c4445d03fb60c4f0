#!/bin/sh
# Creates the role that the gateway uses: it can use the tables, and does not own them. Runs once, when the database is created.
set -eu
# psql quotes the password, whatever is in it.
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --set=password="$(cat "$GATEWAY_PASSWORD_FILE")" <<'SQL'
create role gateway login password :'password';
SQL
