import secrets

from django.db import migrations, models


def name_this_archive(apps, schema_editor):
    archives = apps.get_model('archive', 'Archive').objects.using(schema_editor.connection.alias)
    archives.create(pk=1, identity=secrets.token_hex(16))


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0016_run_state'),
    ]

    operations = [
        migrations.CreateModel(
            name='Archive',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('identity', models.CharField(max_length=32)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.RunPython(name_this_archive, migrations.RunPython.noop),
    ]
