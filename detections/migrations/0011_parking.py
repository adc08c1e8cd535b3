"""Parking: the program of a camera, zones, reads, scofflaw lists, hits, counts and what purges deleted."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_agreements'),
        ('detections', '0010_seen_plates'),
    ]

    operations = [
        migrations.AddField(
            model_name='camera',
            name='program',
            field=models.CharField(choices=[('police', 'Police'), ('parking', 'Parking enforcement')], default='police', max_length=10),
        ),
        migrations.AddField(
            model_name='camera',
            name='program_since',
            field=models.DateTimeField(blank=True, help_text='Empty where it was never of another program than the police’s.', null=True),
        ),
        migrations.CreateModel(
            name='ParkingPurge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reads_before', models.DateTimeField()),
                ('hits_before', models.DateTimeField()),
                ('authority', models.CharField(blank=True, max_length=400)),
                ('reads_due', models.PositiveIntegerField(default=0)),
                ('reads_held', models.PositiveIntegerField(default=0)),
                ('reads_gone', models.PositiveIntegerField(default=0)),
                ('hits_due', models.PositiveIntegerField(default=0)),
                ('hits_held', models.PositiveIntegerField(default=0)),
                ('hits_gone', models.PositiveIntegerField(default=0)),
                ('finished_at', models.DateTimeField(null=True)),
                ('list_sha256', models.CharField(blank=True, max_length=64, verbose_name='SHA-256 of the list of what went')),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='parking', to='detections.purgerun')),
            ],
            options={
                'verbose_name': 'parking data',
                'verbose_name_plural': 'parking data',
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ParkingZone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('limit_minutes', models.PositiveSmallIntegerField(verbose_name='limit in minutes')),
                ('days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(choices=[(1, 'Monday'), (2, 'Tuesday'), (3, 'Wednesday'), (4, 'Thursday'), (5, 'Friday'), (6, 'Saturday'), (7, 'Sunday')]), size=None)),
                ('starts', models.TimeField()),
                ('ends', models.TimeField(help_text='Midnight is the end of the day.')),
                ('first_day', models.DateField(blank=True, null=True)),
                ('last_day', models.DateField(blank=True, null=True)),
                ('latitude', models.FloatField(blank=True, help_text='Middle of the circle, in degrees.', null=True)),
                ('longitude', models.FloatField(blank=True, null=True)),
                ('radius_m', models.PositiveIntegerField(blank=True, help_text='Radius in meters.', null=True)),
                ('area', models.JSONField(blank=True, help_text='Corners: [[latitude, longitude], …].', null=True)),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parking_zones', to='accounts.agency')),
                ('cameras', models.ManyToManyField(blank=True, related_name='parking_zones', to='detections.camera')),
                ('made_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='detections.parkingzone')),
            ],
            options={
                'ordering': ['name', '-opened_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ParkingRead',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('sender_id', models.CharField(max_length=100)),
                ('content_sha256', models.CharField(max_length=64)),
                ('captured_at', models.DateTimeField()),
                ('plate', models.CharField(max_length=10)),
                ('plate_key', models.CharField(max_length=10)),
                ('state', models.CharField(blank=True, max_length=2)),
                ('make', models.CharField(blank=True, max_length=40)),
                ('model', models.CharField(blank=True, max_length=40)),
                ('color', models.CharField(blank=True, max_length=20)),
                ('body', models.CharField(blank=True, max_length=20)),
                ('latitude', models.FloatField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.camera')),
                ('transfer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.transfer')),
                ('zone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.parkingzone')),
            ],
            options={
                'ordering': ['-captured_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ProgramChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('program', models.CharField(choices=[('police', 'Police'), ('parking', 'Parking enforcement')], max_length=10)),
                ('since', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='program_changes', to='detections.camera')),
            ],
            options={
                'ordering': ['since', 'id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ScofflawList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('fresh_days', models.PositiveSmallIntegerField(default=7, help_text='Older than this it shows as old.')),
                ('loaded_at', models.DateTimeField(editable=False, null=True)),
                ('size', models.PositiveIntegerField(default=0, editable=False, verbose_name='vehicles')),
                ('ended_at', models.DateTimeField(editable=False, null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scofflaw_lists', to='accounts.agency')),
            ],
            options={
                'ordering': ['name'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ScofflawEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plate', models.CharField(max_length=10)),
                ('plate_key', models.CharField(max_length=10)),
                ('state', models.CharField(blank=True, max_length=2)),
                ('reason', models.CharField(blank=True, max_length=120)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ('permit', models.CharField(blank=True, max_length=40)),
                ('scofflaw_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='detections.scofflawlist')),
            ],
            options={
                'ordering': ['plate'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ParkingHit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('overtime', 'Overtime'), ('scofflaw', 'Scofflaw')], max_length=10)),
                ('match', models.CharField(choices=[('exact', 'Exact'), ('possible', 'Possible')], max_length=10)),
                ('status', models.CharField(choices=[('open', 'Open'), ('broken', 'Stay broken'), ('cited', 'Cited'), ('none', 'No citation')], default='open', max_length=10)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('day', models.DateField(help_text='In the department’s time.')),
                ('plate_key', models.CharField(max_length=10)),
                ('reads', models.PositiveIntegerField(default=1)),
                ('zone_name', models.CharField(blank=True, max_length=80)),
                ('limit_minutes', models.PositiveSmallIntegerField(null=True)),
                ('list_loaded_at', models.DateTimeField(null=True)),
                ('listed_plate', models.CharField(blank=True, max_length=10)),
                ('listed_state', models.CharField(blank=True, max_length=2)),
                ('reason_listed', models.CharField(blank=True, max_length=120)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ('permit', models.CharField(blank=True, max_length=40)),
                ('first_read', models.UUIDField()),
                ('first_at', models.DateTimeField()),
                ('first_plate', models.CharField(max_length=10)),
                ('first_state', models.CharField(blank=True, max_length=2)),
                ('first_vehicle', models.CharField(blank=True, max_length=140)),
                ('first_latitude', models.FloatField(null=True)),
                ('first_longitude', models.FloatField(null=True)),
                ('last_read', models.UUIDField()),
                ('last_at', models.DateTimeField()),
                ('plate', models.CharField(max_length=10, verbose_name='plate as last read')),
                ('state', models.CharField(blank=True, max_length=2, verbose_name='state as last read')),
                ('vehicle', models.CharField(blank=True, max_length=140)),
                ('latitude', models.FloatField(null=True)),
                ('longitude', models.FloatField(null=True)),
                ('broken_at', models.DateTimeField(help_text='When it was found that the stay was broken.', null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('citation_number', models.CharField(blank=True, max_length=30)),
                ('reason', models.CharField(blank=True, choices=[('gone', 'The vehicle has left'), ('misread', 'The plate was misread'), ('other', 'Another vehicle than the one before'), ('moved', 'It was moved and came back'), ('permit', 'It shows a permit or a placard'), ('paid', 'Paid, or no longer listed'), ('warned', 'Warned'), ('signs', 'Signs or meter out of order')], max_length=10, verbose_name='why no citation')),
                ('note', models.CharField(blank=True, max_length=300)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parking_hits', to='accounts.agency')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('first_camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.camera')),
                ('last_camera', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.camera')),
                ('zone', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.parkingzone')),
                ('scofflaw_list', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.scofflawlist')),
            ],
            options={
                'ordering': ['-id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ScofflawLoad',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200)),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('loaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('removed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('problems', models.JSONField(default=list, help_text='The first bad lines: [number, why].')),
                ('loaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scofflaw_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loads', to='detections.scofflawlist')),
            ],
            options={
                'ordering': ['-loaded_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ParkingDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('reads', models.PositiveIntegerField(default=0)),
                ('overtime_hits', models.PositiveIntegerField(default=0)),
                ('overtime_cited', models.PositiveIntegerField(default=0)),
                ('overtime_none', models.PositiveIntegerField(default=0)),
                ('scofflaw_hits', models.PositiveIntegerField(default=0)),
                ('scofflaw_cited', models.PositiveIntegerField(default=0)),
                ('scofflaw_none', models.PositiveIntegerField(default=0)),
                ('agency', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.agency')),
            ],
            options={
                'ordering': ['day'],
                'default_permissions': (),
                'constraints': [models.UniqueConstraint(fields=('agency', 'day'), name='parking_day_once')],
            },
        ),
        migrations.AddConstraint(
            model_name='parkingzone',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('agency', 'name'), name='parking_zone_name_once', violation_error_message='Another zone has this name.'),
        ),
        migrations.AddConstraint(
            model_name='parkingzone',
            constraint=models.CheckConstraint(condition=models.Q(('limit_minutes__range', (1, 1440))), name='parking_limit_within_a_day', violation_error_message='A limit is 1 minute to 24 hours.'),
        ),
        migrations.AddConstraint(
            model_name='parkingzone',
            constraint=models.CheckConstraint(condition=models.Q(('ends', datetime.time(0, 0)), ('ends__gt', models.F('starts')), _connector='OR'), name='parking_hours_in_order', violation_error_message='The hours end after they start. For a night, make two zones.'),
        ),
        migrations.AddConstraint(
            model_name='parkingzone',
            constraint=models.CheckConstraint(condition=models.Q(('first_day', None), ('last_day', None), ('last_day__gte', models.F('first_day')), _connector='OR'), name='parking_days_in_order', violation_error_message='The last day comes after the first.'),
        ),
        migrations.AddIndex(
            model_name='parkingread',
            index=models.Index(fields=['agency', 'plate_key', 'captured_at'], name='parking_read_vehicle'),
        ),
        migrations.AddIndex(
            model_name='parkingread',
            index=models.Index(fields=['agency', 'captured_at'], name='parking_read_captured'),
        ),
        migrations.AddConstraint(
            model_name='scofflawlist',
            constraint=models.UniqueConstraint(fields=('agency', 'name'), name='scofflaw_list_name_once', violation_error_message='Another list has this name.'),
        ),
        migrations.AddIndex(
            model_name='scofflawentry',
            index=models.Index(fields=['plate_key'], name='scofflaw_entry_key'),
        ),
        migrations.AddConstraint(
            model_name='scofflawentry',
            constraint=models.UniqueConstraint(fields=('scofflaw_list', 'plate', 'state'), name='scofflaw_once'),
        ),
        migrations.AddIndex(
            model_name='parkinghit',
            index=models.Index(fields=['agency', 'status', '-id'], name='parking_hit_status'),
        ),
        migrations.AddIndex(
            model_name='parkinghit',
            index=models.Index(fields=['agency', 'plate_key', 'day'], name='parking_hit_vehicle'),
        ),
        migrations.AddIndex(
            model_name='parkinghit',
            index=models.Index(fields=['agency', 'last_at'], name='parking_hit_last'),
        ),
        migrations.AddConstraint(
            model_name='parkinghit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'cited'), _negated=True), models.Q(('citation_number', ''), _negated=True), _connector='OR'), name='parking_cited_has_number', violation_error_message='A citation has its number.'),
        ),
        migrations.AddConstraint(
            model_name='parkinghit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'none'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='parking_none_has_reason', violation_error_message='Say why there was no citation.'),
        ),
        migrations.AddConstraint(
            model_name='parkinghit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'overtime'), ('zone__isnull', False)), models.Q(('kind', 'scofflaw'), ('scofflaw_list__isnull', False)), _connector='OR'), name='parking_hit_of_one_kind'),
        ),
    ]
