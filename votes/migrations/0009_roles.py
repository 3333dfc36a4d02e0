"""The three roles, as groups: whoever runs the site may change them afterwards, and this adds nothing twice.

Django makes permissions after all migrations only, so those that the roles hold are made here, by the same names.
"""

from django.db import migrations

LOOKED_AT = (
    *("resolutions.body", "resolutions.session", "resolutions.topic", "resolutions.resolution"),
    *("resolutions.othersymbol", "votes.bloc", "votes.blocmembership", "votes.bodymembership", "votes.correction"),
    *("votes.finding", "votes.memberstate", "votes.retiredaddress", "votes.rollcall", "votes.source"),
    *("votes.statement", "votes.statename", "votes.tally", "votes.vote"),
)
ENTERED = ("resolutions.resolution", "resolutions.othersymbol", "votes.rollcall", "votes.correction")
HISTORY = ("votes.revision", "votes.historyevent")
RECORD = (
    *LOOKED_AT,
    *HISTORY,
    *("votes.importrun", "votes.idealpointfit", "votes.idealpoint", "votes.cutpoint"),
)
OWN = {
    "votes.rollcall": ("publish", "amend", "withdraw", "merge"),
    "resolutions.resolution": ("publish", "amend"),
}
ALL = ("add", "change", "delete", "view")

# By role: what may be done, by model. Which records it may be done to, drafts or public ones, the admin asks as well.
RECORDERS = {model: ("view",) for model in LOOKED_AT} | dict.fromkeys(ENTERED, ALL)
VERIFIERS = RECORDERS | {model: (*ALL, *actions) for model, actions in OWN.items()} | dict.fromkeys(HISTORY, ("view",))
ADMINISTRATORS = (
    dict.fromkeys(RECORD, ALL)
    | {model: (*ALL, *actions) for model, actions in OWN.items()}
    | {"auth.user": ALL, "auth.group": ("view",), "axes.accessattempt": ("view", "delete")}
)
ROLES = {"Recorders": RECORDERS, "Verifiers": VERIFIERS, "Administrators": ADMINISTRATORS}
NAMES = {
    "publish_rollcall": "Can publish and unpublish roll calls",
    "amend_rollcall": "Can change published roll calls",
    "withdraw_rollcall": "Can withdraw roll calls that have been public",
    "merge_rollcall": "Can merge two records of one vote",
    "publish_resolution": "Can publish and unpublish texts",
    "amend_resolution": "Can change published texts",
}


def make_roles(apps, schema_editor):
    """Make the groups that are missing, with their permissions."""
    Group = apps.get_model("auth", "Group")
    for role, allowed in ROLES.items():
        group = Group.objects.get_or_create(name=role)[0]
        group.permissions.add(
            *(permission(apps, model, action) for model, actions in allowed.items() for action in actions)
        )


def permission(apps, model, action):
    """Return a permission, new or known."""
    app_label, name = model.split(".")
    about = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app_label, model=name)[0]
    codename = f"{action}_{name}"
    words = NAMES.get(codename) or f"Can {action} {apps.get_model(app_label, name)._meta.verbose_name}"
    return apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=about, codename=codename, defaults={"name": words}
    )[0]


def remove_roles(apps, schema_editor):
    """Remove the groups; accounts stay."""
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("votes", "0008_workflow"),
        ("resolutions", "0002_workflow"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("axes", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
