"""Within how many days a program answers applicants whom no rule lets in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0005_approval_rules")]

    operations = [
        migrations.AddField(
            model_name="approvalrules", name="answer_days", field=models.PositiveSmallIntegerField(default=1)
        ),
    ]
