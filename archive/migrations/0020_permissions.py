"""Permissions of their own for what followed from viewing, changing and deleting articles, sources and topics.

Nobody loses anything: each user and group that had the old permission gets the new one beside it.
"""

from django.contrib.auth.management import create_permissions
from django.db import migrations

# Each new permission of an article or a source, and the ones of which any brought it until now. Two are new acts.
BROUGHT_BY = {
    'view_hidden': ('view_article',),
    'change_in_bulk': ('change_article',),
    'empty_trash': ('delete_article',),
    'merge_names': ('delete_source', 'delete_topic'),
    'withdraw_article': (),
}


def copy_rights(apps, schema_editor):
    """Permissions are made after a migration; these are needed in it."""
    state = apps.get_app_config('archive')
    state.models_module = True
    create_permissions(state, verbosity=0, using=schema_editor.connection.alias, apps=apps)
    state.models_module = None
    for new, old in BROUGHT_BY.items():
        _grant(apps, new, old)


def take_rights_back(apps, schema_editor):
    """Who views articles sees everything again, so that only those who may see what is hidden keep viewing them."""
    permission = apps.get_model('auth', 'Permission').objects.get(
        content_type__app_label='archive', codename='view_article'
    )
    permission.group_set.clear()
    permission.user_set.clear()
    _grant(apps, 'view_article', ('view_hidden',))
    apps.get_model('auth', 'Permission').objects.filter(
        content_type__app_label='archive', codename__in=BROUGHT_BY
    ).delete()


def _grant(apps, new, old):
    """Gives a permission to each user and group that has any of the others."""
    permissions = apps.get_model('auth', 'Permission').objects.filter(content_type__app_label='archive')
    permission = permissions.get(codename=new)
    holders = permissions.filter(codename__in=old)
    permission.group_set.add(*apps.get_model('auth', 'Group').objects.filter(permissions__in=holders))
    permission.user_set.add(*apps.get_model('auth', 'User').objects.filter(user_permissions__in=holders))


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0019_closing'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='article',
            options={
                'ordering': ['-published', '-id'],
                'permissions': [
                    ('view_hidden', 'Can see what is withheld, under embargo or withdrawn'),
                    ('withdraw_article', 'Can withdraw and restore articles and sections'),
                    ('change_in_bulk', 'Can change many articles at once'),
                    ('empty_trash', 'Can empty the trash'),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name='source',
            options={'ordering': ['name'], 'permissions': [('merge_names', 'Can merge sources or topics')]},
        ),
        migrations.RunPython(copy_rights, take_rights_back, elidable=True),
    ]
