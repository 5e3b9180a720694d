import django.core.validators
import django.db.models.deletion
import djmoney.models.fields
import simple_history.models
import uuid6
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, unique=True)),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "verbose_name_plural": "categories",
                "ordering": ("position", "name"),
            },
        ),
        migrations.CreateModel(
            name="Labeler",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=8, unique=True)),
                ("title", models.CharField(max_length=200)),
                (
                    "dated",
                    models.CharField(
                        help_text="the date shown by the source, or undated", max_length=60
                    ),
                ),
            ],
            options={
                "ordering": ("code",),
            },
        ),
        migrations.CreateModel(
            name="HistoricalProgramContact",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                ("program_code", models.CharField(db_index=True, max_length=40)),
                ("name", models.CharField(max_length=120)),
                (
                    "phone",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator("^1-[0-9]{3}-[0-9]{3}-[0-9]{4}$")
                        ],
                    ),
                ),
                ("website", models.URLField(blank=True)),
                ("source", models.CharField(max_length=120)),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("C", "read in the source itself"),
                            ("S", "seen once, or only in a secondary or old source"),
                            ("A", "read for the sister program; assumed to match"),
                            ("G", "general knowledge, not verified"),
                        ],
                        max_length=1,
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical program contact",
                "verbose_name_plural": "historical program contacts",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalProduct",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                ("slug", models.SlugField(max_length=80)),
                ("name", models.CharField(max_length=120)),
                ("generic_name", models.CharField(max_length=120)),
                ("strength", models.CharField(help_text="as printed, such as 4 mg", max_length=40)),
                ("dosage_form", models.CharField(help_text="such as capsule", max_length=60)),
                (
                    "summary",
                    models.CharField(
                        help_text="one factual sentence for lists; no claim of benefit alone",
                        max_length=300,
                    ),
                ),
                (
                    "dosing_note",
                    models.CharField(
                        blank=True,
                        help_text="what this strength alone cannot fill, if anything",
                        max_length=300,
                    ),
                ),
                (
                    "program_code",
                    models.CharField(
                        blank=True,
                        help_text="the safety program whose rules decide the orders",
                        max_length=40,
                    ),
                ),
                ("rx_only", models.BooleanField(default=True, verbose_name="Rx only")),
                ("on_sale", models.BooleanField(default=False, editable=False)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.category",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "labeler",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.labeler",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical product",
                "verbose_name_plural": "historical products",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("generic_name", models.CharField(max_length=120)),
                ("strength", models.CharField(help_text="as printed, such as 4 mg", max_length=40)),
                ("dosage_form", models.CharField(help_text="such as capsule", max_length=60)),
                (
                    "summary",
                    models.CharField(
                        help_text="one factual sentence for lists; no claim of benefit alone",
                        max_length=300,
                    ),
                ),
                (
                    "dosing_note",
                    models.CharField(
                        blank=True,
                        help_text="what this strength alone cannot fill, if anything",
                        max_length=300,
                    ),
                ),
                (
                    "program_code",
                    models.CharField(
                        blank=True,
                        help_text="the safety program whose rules decide the orders",
                        max_length=40,
                    ),
                ),
                ("rx_only", models.BooleanField(default=True, verbose_name="Rx only")),
                ("on_sale", models.BooleanField(default=False, editable=False)),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.category",
                    ),
                ),
                (
                    "labeler",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="products",
                        to="catalog.labeler",
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("on_sale", False),
                            models.Q(("program_code", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="catalog_product_on_sale_has_program",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "ndc11",
                    models.CharField(
                        editable=False, max_length=11, unique=True, verbose_name="NDC (11 digits)"
                    ),
                ),
                (
                    "ndc_printed",
                    models.CharField(
                        help_text="10 digits with hyphens, as on the package",
                        max_length=12,
                        verbose_name="NDC as printed",
                    ),
                ),
                ("capsules", models.PositiveSmallIntegerField(help_text="capsules in one package")),
                ("container", models.CharField(help_text="such as bottle", max_length=40)),
                (
                    "days_supply_max",
                    models.PositiveSmallIntegerField(
                        default=28,
                        help_text="the most days of treatment one package may be dispensed for",
                    ),
                ),
                (
                    "price_currency",
                    djmoney.models.fields.CurrencyField(
                        choices=[("USD", "US Dollar")], default="USD", editable=False, max_length=3
                    ),
                ),
                ("price", djmoney.models.fields.MoneyField(decimal_places=2, max_digits=10)),
                (
                    "price_note",
                    models.CharField(
                        blank=True, help_text="shown beside the price", max_length=120
                    ),
                ),
                ("on_sale", models.BooleanField(default=True)),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("product", "capsules"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ndc11__regex", "^[0-9]{11}$")),
                        name="catalog_package_ndc11_is_11_digits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capsules__gte", 1)),
                        name="catalog_package_holds_capsules",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days_supply_max__gte", 1), ("days_supply_max__lte", 28)
                        ),
                        name="catalog_package_days_supply_within_28",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price__gte", 0)),
                        name="catalog_package_price_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_currency", "USD")),
                        name="catalog_package_price_in_dollars",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("change_note", models.CharField(help_text="what changed and why", max_length=200)),
                (
                    "effective_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="when readers start to see it; empty: when published",
                        null=True,
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                (
                    "published_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_labels",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="label_versions",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("product", "-number"),
                "permissions": [("publish_labelversion", "Can publish a label version")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published"])),
                        name="catalog_labelversion_status_known",
                    ),
                    models.UniqueConstraint(
                        fields=("product", "number"), name="catalog_labelversion_number_unique"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("product",),
                        name="catalog_labelversion_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("published_at__isnull", True),
                                ("published_by__isnull", True),
                                ("status", "draft"),
                            ),
                            models.Q(
                                ("effective_from__gte", models.F("published_at")),
                                ("effective_from__isnull", False),
                                ("published_at__isnull", False),
                                ("published_by__isnull", False),
                                ("status", "published"),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_labelversion_published_by_someone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelSection",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("boxed_warning_short", "Boxed warning in short"),
                            ("description", "Description"),
                            ("indications", "Indications and uses"),
                            ("key_features", "Key features"),
                            ("how_to_take", "How to take it"),
                            ("missed_dose", "Missed dose"),
                            ("storage", "Storage and handling"),
                            ("boxed_warning", "Boxed warning"),
                            ("important_safety_information", "Important safety information"),
                            ("side_effects", "Side effects"),
                            ("reporting", "Reporting"),
                            ("rems_summary", "REMS summary"),
                        ],
                        max_length=40,
                    ),
                ),
                ("heading", models.CharField(max_length=120)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="catalog.labelversion",
                    ),
                ),
            ],
            options={
                "ordering": ("version", "position"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "boxed_warning_short",
                                    "description",
                                    "indications",
                                    "key_features",
                                    "how_to_take",
                                    "missed_dose",
                                    "storage",
                                    "boxed_warning",
                                    "important_safety_information",
                                    "side_effects",
                                    "reporting",
                                    "rems_summary",
                                ],
                            )
                        ),
                        name="catalog_labelsection_kind_known",
                    ),
                    models.UniqueConstraint(
                        fields=("version", "kind"), name="catalog_labelsection_kind_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalLabelStatement",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                (
                    "lead",
                    models.CharField(
                        blank=True, help_text="a few words in bold before it", max_length=80
                    ),
                ),
                ("text", models.TextField(max_length=1000)),
                ("source", models.CharField(help_text="such as 8.6 (S15, S20)", max_length=120)),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("C", "read in the source itself"),
                            ("S", "seen once, or only in a secondary or old source"),
                            ("A", "read for the sister program; assumed to match"),
                            ("G", "general knowledge, not verified"),
                        ],
                        max_length=1,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "section",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.labelsection",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical label statement",
                "verbose_name_plural": "historical label statements",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalLabelSection",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("boxed_warning_short", "Boxed warning in short"),
                            ("description", "Description"),
                            ("indications", "Indications and uses"),
                            ("key_features", "Key features"),
                            ("how_to_take", "How to take it"),
                            ("missed_dose", "Missed dose"),
                            ("storage", "Storage and handling"),
                            ("boxed_warning", "Boxed warning"),
                            ("important_safety_information", "Important safety information"),
                            ("side_effects", "Side effects"),
                            ("reporting", "Reporting"),
                            ("rems_summary", "REMS summary"),
                        ],
                        max_length=40,
                    ),
                ),
                ("heading", models.CharField(max_length=120)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.labelversion",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical label section",
                "verbose_name_plural": "historical label sections",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="lot number")),
                ("expires_on", models.DateField()),
                (
                    "quantity_on_hand",
                    models.IntegerField(default=0, help_text="packages on the shelf"),
                ),
                ("is_recalled", models.BooleanField(default=False)),
                (
                    "is_suspect",
                    models.BooleanField(
                        default=False,
                        help_text="set aside under DSCSA until it is cleared (rule sheet 11.5)",
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="catalog.package",
                    ),
                ),
            ],
            options={
                "ordering": ("package", "expires_on", "number"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("package", "number"), name="catalog_lot_number_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity_on_hand__gte", 0)),
                        name="catalog_lot_quantity_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalLot",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                ("number", models.CharField(max_length=40, verbose_name="lot number")),
                ("expires_on", models.DateField()),
                (
                    "quantity_on_hand",
                    models.IntegerField(default=0, help_text="packages on the shelf"),
                ),
                ("is_recalled", models.BooleanField(default=False)),
                (
                    "is_suspect",
                    models.BooleanField(
                        default=False,
                        help_text="set aside under DSCSA until it is cleared (rule sheet 11.5)",
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "package",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.package",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical lot",
                "verbose_name_plural": "historical lots",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="MedicationGuide",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.CharField(max_length=40)),
                ("effective_on", models.DateField()),
                (
                    "static_path",
                    models.CharField(
                        help_text="where the file lies among the static files", max_length=200
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                (
                    "is_stand_in",
                    models.BooleanField(
                        default=False, help_text="a demonstration text, not the labeler's own guide"
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="medication_guides",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("product", "-effective_on"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "version"), name="catalog_medicationguide_version_unique"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="catalog_medicationguide_sha256_is_hex",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalPackage",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                (
                    "ndc11",
                    models.CharField(
                        db_index=True, editable=False, max_length=11, verbose_name="NDC (11 digits)"
                    ),
                ),
                (
                    "ndc_printed",
                    models.CharField(
                        help_text="10 digits with hyphens, as on the package",
                        max_length=12,
                        verbose_name="NDC as printed",
                    ),
                ),
                ("capsules", models.PositiveSmallIntegerField(help_text="capsules in one package")),
                ("container", models.CharField(help_text="such as bottle", max_length=40)),
                (
                    "days_supply_max",
                    models.PositiveSmallIntegerField(
                        default=28,
                        help_text="the most days of treatment one package may be dispensed for",
                    ),
                ),
                (
                    "price_currency",
                    djmoney.models.fields.CurrencyField(
                        choices=[("USD", "US Dollar")], default="USD", editable=False, max_length=3
                    ),
                ),
                ("price", djmoney.models.fields.MoneyField(decimal_places=2, max_digits=10)),
                (
                    "price_note",
                    models.CharField(
                        blank=True, help_text="shown beside the price", max_length=120
                    ),
                ),
                ("on_sale", models.BooleanField(default=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical package",
                "verbose_name_plural": "historical packages",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalLabelVersion",
            fields=[
                ("id", models.UUIDField(db_index=True, default=uuid6.uuid7, editable=False)),
                ("number", models.PositiveIntegerField(editable=False)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("change_note", models.CharField(help_text="what changed and why", max_length=200)),
                (
                    "effective_from",
                    models.DateTimeField(
                        blank=True,
                        help_text="when readers start to see it; empty: when published",
                        null=True,
                    ),
                ),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical label version",
                "verbose_name_plural": "historical label versions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ProgramContact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("program_code", models.CharField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "phone",
                    models.CharField(
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator("^1-[0-9]{3}-[0-9]{3}-[0-9]{4}$")
                        ],
                    ),
                ),
                ("website", models.URLField(blank=True)),
                ("source", models.CharField(max_length=120)),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("C", "read in the source itself"),
                            ("S", "seen once, or only in a secondary or old source"),
                            ("A", "read for the sister program; assumed to match"),
                            ("G", "general knowledge, not verified"),
                        ],
                        max_length=1,
                    ),
                ),
            ],
            options={
                "ordering": ("name",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["C", "S", "A", "G"])),
                        name="catalog_programcontact_confidence_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "rating",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ]
                    ),
                ),
                ("body", models.TextField(max_length=4000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "waiting to be read"),
                            ("published", "published"),
                            ("declined", "declined"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("written_at", models.DateTimeField()),
                ("moderated_at", models.DateTimeField(blank=True, null=True)),
                ("decline_reason", models.CharField(blank=True, max_length=200)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "moderated_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moderated_reviews",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "ordering": ("-written_at",),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("product", "author"), name="catalog_review_one_per_author"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rating__gte", 1), ("rating__lte", 5)),
                        name="catalog_review_rating_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "published", "declined"])),
                        name="catalog_review_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("moderated_at__isnull", True),
                                ("moderated_by__isnull", True),
                                ("status", "pending"),
                            ),
                            models.Q(
                                ("moderated_at__isnull", False),
                                ("moderated_by__isnull", False),
                                ("status__in", ("published", "declined")),
                            ),
                            _connector="OR",
                        ),
                        name="catalog_review_moderated_by_someone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LabelStatement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid6.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "lead",
                    models.CharField(
                        blank=True, help_text="a few words in bold before it", max_length=80
                    ),
                ),
                ("text", models.TextField(max_length=1000)),
                ("source", models.CharField(help_text="such as 8.6 (S15, S20)", max_length=120)),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("C", "read in the source itself"),
                            ("S", "seen once, or only in a secondary or old source"),
                            ("A", "read for the sister program; assumed to match"),
                            ("G", "general knowledge, not verified"),
                        ],
                        max_length=1,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "section",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statements",
                        to="catalog.labelsection",
                    ),
                ),
            ],
            options={
                "ordering": ("section", "position"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="catalog_labelstatement_source_given",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["C", "S", "A", "G"])),
                        name="catalog_labelstatement_confidence_known",
                    ),
                ],
            },
        ),
    ]
