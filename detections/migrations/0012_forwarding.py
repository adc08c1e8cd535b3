"""What is forwarded to a regional centre, and what came from others."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0004_agreements"),
        ("detections", "0011_parking"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Forwarding',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='Such as https://centre.example.gov.', max_length=200)),
                ('with_pictures', models.BooleanField(default=True, verbose_name='pictures go as well')),
                ('earlier_since', models.DateField(blank=True, help_text='Also what came in earlier, from this day of capture on.', null=True)),
                ('state', models.CharField(choices=[('proposed', 'Waits for a second person'), ('active', 'Forwards'), ('paused', 'Paused'), ('ended', 'Ended')], default='proposed', max_length=10)),
                ('proposed_at', models.DateTimeField(auto_now_add=True)),
                ('approved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_why', models.CharField(blank=True, editable=False, max_length=300)),
                ('came_in', models.PositiveBigIntegerField(default=0, help_text='Detections that the centre has.', editable=False)),
                ('refused', models.PositiveBigIntegerField(default=0, help_text='Times the centre refused a detection.', editable=False)),
                ('pictures', models.PositiveBigIntegerField(default=0, help_text='Pictures that went with them.', editable=False)),
                ('pictures_gone', models.PositiveBigIntegerField(default=0, help_text='Pictures gone before they could go.', editable=False)),
                ('gone', models.PositiveBigIntegerField(default=0, help_text='Deleted here before they could be forwarded.', editable=False)),
                ('unsent', models.PositiveBigIntegerField(default=0, help_text='Waited when the forwarding ended.', editable=False)),
                ('receipt', models.JSONField(default=dict, help_text='The last receipt that was checked.', editable=False)),
                ('receipt_at', models.DateTimeField(null=True, editable=False)),
                ('earlier_queued_at', models.DateTimeField(null=True, editable=False)),
                ('kicked_at', models.DateTimeField(help_text='When a run was last queued and has not begun.', null=True, editable=False)),
                ('failures', models.PositiveIntegerField(default=0, help_text='Tries in a row that did not succeed.', editable=False)),
                ('failing_since', models.DateTimeField(null=True, editable=False)),
                ('failure', models.CharField(blank=True, max_length=300, editable=False)),
                ('next_try_at', models.DateTimeField(null=True, editable=False)),
                ('said', models.JSONField(default=dict, help_text='How it stands at the centre, as the centre last said.', editable=False)),
                ('said_at', models.DateTimeField(null=True, editable=False)),
                ('ahead_ms', models.IntegerField(help_text="How far our clock runs ahead of the centre's.", null=True, editable=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forwardings', to='accounts.agency')),
                ('agreement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forwardings', to='accounts.agreement')),
                ('approved_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-proposed_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ForwardQueued',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_id', models.UUIDField()),
                ('last_id', models.UUIDField()),
                ('count', models.PositiveIntegerField()),
                ('queued_at', models.DateTimeField()),
                ('camera', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.camera')),
                ('forwarding', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='queued', to='detections.forwarding')),
                ('transfer', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.transfer')),
            ],
            options={
                'ordering': ['id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ForwardRefused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('detection_id', models.UUIDField()),
                ('reasons', models.JSONField(default=dict)),
                ('refused_at', models.DateTimeField()),
                ('camera', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='detections.camera')),
                ('forwarding', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='detections.forwarding')),
            ],
            options={
                'ordering': ['-refused_at', '-id'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ForwardSource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='The agency that sends.', max_length=120)),
                ('prefix', models.CharField(help_text='Stands before its cameras’ codes here: slpd makes slpd-cam-12.', max_length=8)),
                ('reference', models.CharField(help_text='The agreement, as your files name it.', max_length=120)),
                ('ends_on', models.DateField(blank=True, help_text='The agreement’s last day, if it has one.', null=True)),
                ('registered_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('ended_why', models.CharField(blank=True, editable=False, max_length=300)),
                ('accepted', models.PositiveBigIntegerField(default=0, help_text='Detections of it that were stored.', editable=False)),
                ('duplicates', models.PositiveBigIntegerField(default=0, help_text='That came again.', editable=False)),
                ('refused', models.PositiveBigIntegerField(default=0, editable=False)),
                ('receipt', models.JSONField(default=dict, help_text='The last receipt that was given.', editable=False)),
                ('receipt_at', models.DateTimeField(null=True, editable=False)),
                ('waiting_there', models.PositiveBigIntegerField(help_text='As it said with its last batch.', null=True, editable=False)),
                ('waiting_since', models.DateTimeField(help_text='When the oldest of them came in there.', null=True, editable=False)),
                ('purged', models.PositiveBigIntegerField(default=0, help_text='Of those accepted, gone by the policy.', editable=False)),
                ('purged_before', models.DateTimeField(help_text='What was captured before was due then.', null=True, editable=False)),
                ('held', models.PositiveBigIntegerField(default=0, help_text='Due then and kept by a hold.', editable=False)),
                ('counted_at', models.DateTimeField(null=True, editable=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='forward_sources', to='accounts.agency')),
                ('registered_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['name'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ForwardKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(editable=False, max_length=8)),
                ('digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('issued_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('issued_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='detections.forwardsource')),
            ],
            options={
                'ordering': ['-issued_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='ForwardedCamera',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(help_text='As the source names it.', max_length=30)),
                ('told', models.JSONField(default=dict, help_text='What the source last said of it.')),
                ('first_seen_at', models.DateTimeField(auto_now_add=True)),
                ('camera', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='forwarded', to='detections.camera')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cameras', to='detections.forwardsource')),
            ],
            options={
                'ordering': ['code'],
                'default_permissions': (),
            },
        ),
        migrations.AddConstraint(
            model_name='forwarding',
            constraint=models.CheckConstraint(condition=models.Q(('approved_by', None), models.Q(('approved_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='forwarding_approved_by_another', violation_error_message='A forwarding is approved by another than who proposes it.'),
        ),
        migrations.AddConstraint(
            model_name='forwarding',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'ended']), ('approved_by__isnull', False), _connector='OR'), name='forwarding_approved_first'),
        ),
        migrations.AddConstraint(
            model_name='forwarding',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'ended'), _negated=True), fields=('agreement',), name='forwarding_once_per_agreement', violation_error_message='Another forwarding under this agreement stands: end it first.'),
        ),
        migrations.AddIndex(
            model_name='forwardqueued',
            index=models.Index(fields=['forwarding', 'id'], name='forward_queue'),
        ),
        migrations.AddConstraint(
            model_name='forwardrefused',
            constraint=models.UniqueConstraint(fields=('forwarding', 'detection_id'), name='forward_refused_once'),
        ),
        migrations.AddConstraint(
            model_name='forwardsource',
            constraint=models.UniqueConstraint(fields=('agency', 'prefix'), name='forward_source_prefix', violation_error_message='Another source has this short name.'),
        ),
        migrations.AddConstraint(
            model_name='forwardedcamera',
            constraint=models.UniqueConstraint(fields=('source', 'code'), name='forwarded_camera_once'),
        ),
    ]
