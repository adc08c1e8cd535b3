from django.db import migrations


class Migration(migrations.Migration):
    """Apart from the one before: PostgreSQL alters no table whose new rows wait for their constraints."""

    dependencies = [("detections", "0008_readers_in")]

    operations = [migrations.RemoveField(model_name="hold", name="detection_id")]
