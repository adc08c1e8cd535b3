"""Detections become a table partitioned by the day that their UUIDv7 carries. It is empty when this runs."""

from django.db import migrations

FORWARD = """
ALTER TABLE detections_detection RENAME TO detections_detection_plain;
CREATE TABLE detections_detection (LIKE detections_detection_plain) PARTITION BY RANGE (id);
DROP TABLE detections_detection_plain;
ALTER TABLE detections_detection ADD CONSTRAINT detections_detection_pkey PRIMARY KEY (id);
CREATE INDEX detection_key ON detections_detection (plate_key text_pattern_ops, id);
CREATE INDEX detection_camera ON detections_detection (camera_id, id);
"""


class Migration(migrations.Migration):
    dependencies = [("detections", "0002_initial")]

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
