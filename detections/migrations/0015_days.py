"""Go through days of detections one by one, each by the plan of its own partition."""

from django.db import migrations

MAKE = """
CREATE FUNCTION detections_of_days(
    days integer[], keys text[], known text, unknown text, first uuid, after uuid, newest_first boolean,
    most integer
) RETURNS SETOF detections_detection LANGUAGE plpgsql AS $$
DECLARE
    edges integer[] := ARRAY(
        SELECT ('x' || left(replace(edge::text, '-', ''), 12))::bit(48)::bigint / 86400000
        FROM unnest(ARRAY[first, after]) edge
    );
    partition text;
    wanted text[];
    taken integer;
BEGIN
    -- A day that stands now stands until the end: the purge locks the whole table before it drops one.
    PERFORM FROM ONLY detections_detection LIMIT 0;
    FOR at IN 1 .. cardinality(days) LOOP
        partition := 'detections_detection_' || to_char(date '1970-01-01' + days[at], 'YYYYMMDD');
        CONTINUE WHEN to_regclass(partition) IS NULL;
        wanted := string_to_array(keys[at], ' ');
        RETURN QUERY EXECUTE format(
            'SELECT * FROM %I AS detections_detection WHERE %s (%s) ORDER BY id %s LIMIT $4', partition,
            CASE WHEN days[at] = ANY(edges) THEN 'id >= $1 AND id < $2 AND' END,
            CASE WHEN wanted IS NULL THEN unknown ELSE known END,
            CASE WHEN newest_first THEN 'DESC' ELSE 'ASC' END
        ) USING first, after, wanted, most;
        GET DIAGNOSTICS taken = ROW_COUNT;
        most := most - taken;
        EXIT WHEN most <= 0;
    END LOOP;
END $$
"""
DROP = """
DROP FUNCTION detections_of_days(integer[], text[], text, text, uuid, uuid, boolean, integer)
"""


class Migration(migrations.Migration):
    """The function that searches call; `detections.search_days` says with what."""

    dependencies = [("detections", "0014_findings")]
    operations = [migrations.RunSQL(MAKE, DROP)]
