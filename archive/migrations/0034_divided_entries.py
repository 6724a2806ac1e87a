import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0033_same_articles'),
    ]

    operations = [
        migrations.AddField(
            model_name='section',
            name='divided_text',
            field=models.TextField(editable=False, help_text='The text as divided by curators; null: that of the current version.', null=True),
        ),
        migrations.AddField(
            model_name='section',
            name='first_paragraph',
            field=models.CharField(blank=True, editable=False, help_text='The digest of the paragraph with which a part begins.', max_length=64),
        ),
        migrations.AddField(
            model_name='section',
            name='joined_to',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text='The section that a curator wants its words to follow.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='joined', to='archive.section'),
        ),
        migrations.AddField(
            model_name='section',
            name='part_of',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='parts', to='archive.section'),
        ),
        migrations.AddField(
            model_name='section',
            name='shown_in',
            field=models.ForeignKey(db_constraint=False, db_index=False, editable=False, help_text='The section that shows its words; null: it shows them itself.', null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='archive.section'),
        ),
        migrations.AlterField(
            model_name='section',
            name='current',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='current_of', to='archive.sectionversion'),
        ),
        migrations.AddIndex(
            model_name='section',
            index=models.Index(condition=models.Q(('part_of__isnull', False), ('joined_to__isnull', False), ('divided_text__isnull', False), _connector='OR'), fields=['article'], name='section_divided'),
        ),
        migrations.AddIndex(
            model_name='section',
            index=models.Index(condition=models.Q(('joined_to__isnull', False)), fields=['joined_to'], name='section_joined'),
        ),
        migrations.AddIndex(
            model_name='section',
            index=models.Index(condition=models.Q(('shown_in__isnull', False)), fields=['shown_in'], name='section_shown_in'),
        ),
    ]
