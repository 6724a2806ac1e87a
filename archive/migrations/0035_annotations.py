import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0034_divided_entries'),
    ]

    operations = [
        migrations.CreateModel(
            name='AnnotationRule',
            fields=[
                ('id', models.SmallAutoField(primary_key=True, serialize=False)),
                ('words', models.CharField(max_length=200, unique=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Annotation',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='annotation', serialize=False, to='archive.sectionversion')),
                ('rules', models.PositiveSmallIntegerField(default=0)),
                ('day', models.DateField(help_text='The day against which words like “yesterday” were read.', null=True)),
                ('day_of', models.PositiveSmallIntegerField(choices=[(1, "the section's own"), (2, 'that of the article'), (3, 'that of the capture, since the outlet does not say it')], null=True)),
                ('fault', models.TextField(blank=True, help_text='Why the rules found nothing: they failed.')),
            ],
            options={
                'default_permissions': (),
                'indexes': [models.Index(fields=['rules'], name='annotation_rules'), models.Index(condition=models.Q(('fault', ''), _negated=True), fields=['version'], name='annotation_failed')],
            },
        ),
        migrations.CreateModel(
            name='DayMention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('earliest', models.DateField()),
                ('latest', models.DateField()),
                ('precision', models.PositiveSmallIntegerField(choices=[(1, 'day'), (2, 'weekend'), (3, 'week'), (4, 'month'), (5, 'quarter'), (6, 'half'), (7, 'year'), (8, 'decade'), (9, 'range'), (10, 'season')])),
                ('confidence_percent', models.PositiveSmallIntegerField()),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='archive.annotationrule')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='day_mentions', to='archive.sectionversion')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Name',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.PositiveSmallIntegerField(choices=[(1, 'Person'), (2, 'Place'), (3, 'Organisation')])),
                ('label', models.CharField(max_length=200)),
                ('note', models.TextField(blank=True)),
                ('same_as', models.JSONField(blank=True, default=list, help_text='Web addresses of the same, such as in Wikidata.')),
                ('verdict', models.PositiveSmallIntegerField(blank=True, choices=[(1, 'Accepted'), (2, 'Rejected')], help_text='What a curator decided; empty as long as nobody has.', null=True)),
            ],
            options={
                'default_permissions': (),
                'constraints': [models.CheckConstraint(condition=models.Q(('type__gte', 1), ('type__lte', 3)), name='name_type_known'), models.CheckConstraint(condition=models.Q(('label', ''), _negated=True), name='name_has_a_label')],
            },
        ),
        migrations.CreateModel(
            name='Spelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.PositiveSmallIntegerField(choices=[(1, 'Person'), (2, 'Place'), (3, 'Organisation')])),
                ('text', models.CharField(max_length=200)),
                ('folded', models.CharField(editable=False, max_length=600)),
                ('script', models.CharField(help_text='ISO 15924.', max_length=4)),
                ('language', models.CharField(blank=True, help_text='Of the text that first had it, BCP 47.', max_length=20)),
                ('sound', models.CharField(editable=False, max_length=600)),
                ('name', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spellings', to='archive.name')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('in_heading', models.BooleanField()),
                ('joined', models.BooleanField(default=False)),
                ('confidence_percent', models.PositiveSmallIntegerField()),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='archive.annotationrule')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='archive.sectionversion')),
                ('spelling', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='archive.spelling')),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(help_text='In the order of the text, from 1.')),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, 'direct'), (2, 'mixed'), (3, 'indirect')])),
                ('content', models.JSONField()),
                ('cue_start', models.PositiveIntegerField(null=True)),
                ('cue_end', models.PositiveIntegerField(null=True)),
                ('speaker_start', models.PositiveIntegerField(null=True)),
                ('speaker_end', models.PositiveIntegerField(null=True)),
                ('name_start', models.PositiveIntegerField(null=True)),
                ('name_end', models.PositiveIntegerField(null=True)),
                ('hedges', models.JSONField(default=list)),
                ('confidence_percent', models.PositiveSmallIntegerField()),
                ('verdict', models.PositiveSmallIntegerField(choices=[(1, 'Accepted'), (2, 'Rejected')], help_text='What a curator decided: then the rules leave it as it is.', null=True)),
                ('rule', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='archive.annotationrule')),
                ('speaker', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='archive.spelling')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='statements', to='archive.sectionversion')),
            ],
            options={
                'ordering': ['version', 'number'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='StatementLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(help_text='From 0.')),
                ('kind', models.PositiveSmallIntegerField(choices=[(1, 'told'), (2, 'reported'), (3, 'citing'), (4, 'statement'), (5, 'posted'), (6, 'anonymous')])),
                ('start', models.PositiveIntegerField()),
                ('end', models.PositiveIntegerField()),
                ('source_start', models.PositiveIntegerField(null=True)),
                ('source_end', models.PositiveIntegerField(null=True)),
                ('source', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='links', to='archive.spelling')),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chain', to='archive.statement')),
            ],
            options={
                'ordering': ['statement', 'position'],
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='spelling',
            index=models.Index(fields=['sound'], name='spelling_sound'),
        ),
        migrations.AddConstraint(
            model_name='spelling',
            constraint=models.UniqueConstraint(fields=('folded', 'type'), name='spelling_unique'),
        ),
        migrations.AddConstraint(
            model_name='spelling',
            constraint=models.CheckConstraint(condition=models.Q(('type__gte', 1), ('type__lte', 3)), name='spelling_type_known'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(condition=models.Q(('speaker__isnull', False)), fields=['speaker'], name='statement_speaker'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(condition=models.Q(('verdict__isnull', False)), fields=['version'], name='statement_decided'),
        ),
        migrations.AddIndex(
            model_name='statementlink',
            index=models.Index(condition=models.Q(('source__isnull', False)), fields=['source'], name='link_source'),
        ),
    ]
