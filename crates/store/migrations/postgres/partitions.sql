-- A partition for this month and each of the two years to come, so that retention can drop a month as a whole. Runs with
-- every migration. A month of which the default partition already has records stays there.
do $$
declare
    first timestamp := date_trunc('month', now() at time zone 'UTC');
    lower_bound timestamptz;
    upper_bound timestamptz;
    name text;
    is_taken boolean;
begin
    for ahead in 0..24 loop
        lower_bound := (first + make_interval(months => ahead)) at time zone 'UTC';
        upper_bound := (first + make_interval(months => ahead + 1)) at time zone 'UTC';
        name := 'audit_record_' || to_char(first + make_interval(months => ahead), 'YYYY_MM');
        select exists (select from audit_record_default where at >= lower_bound and at < upper_bound) into is_taken;
        if to_regclass(name) is null and not is_taken then
            execute format('create table %I partition of audit_record for values from (%L) to (%L)',
                name, lower_bound, upper_bound);
        end if;
    end loop;
end
$$;
