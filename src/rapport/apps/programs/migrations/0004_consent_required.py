"""Whether links of a program may set a cookie before the visitor agreed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0003_own_terms")]

    operations = [migrations.AddField("program", "consent_required", models.BooleanField(default=False))]
