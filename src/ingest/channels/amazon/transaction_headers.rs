//! Headers of the report of transactions: English, German, French, Italian, Spanish, Dutch and
//! Swedish, with the spellings of several years.

type Headers = &'static [&'static str];

pub(super) const DATE: Headers = &[
    "date/time",
    "Datum/Uhrzeit",
    "date/heure",
    "Data/Ora:",
    "Data/Ora",
    "fecha y hora",
    "fecha/hora",
    "datum/tijd",
    "datum/tid",
];
pub(super) const SETTLEMENT: Headers = &[
    "settlement id",
    "Abrechnungsnummer",
    "numéro de versement",
    "Identifiant du paiement",
    "Numero pagamento",
    "identificador de pago",
    "id. de liquidación",
    "schikkings-ID",
    "reglerings-id",
];
pub(super) const TYPE: Headers = &["type", "Typ", "Tipo"];
pub(super) const ORDER: Headers = &[
    "order id",
    "Bestellnummer",
    "numéro de la commande",
    "numéro commande",
    "Numero ordine",
    "número de pedido",
    "id. del pedido",
    "bestelnummer",
    "beställnings-id",
];
pub(super) const DESCRIPTION: Headers =
    &["description", "Beschreibung", "Descrizione", "descripción", "beschrijving", "beskrivning"];
pub(super) const QUANTITY: Headers = &["quantity", "Menge", "quantité", "Quantità", "cantidad", "aantal", "antal"];
pub(super) const MARKETPLACE: Headers = &["marketplace", "site de vente", "web de Amazon", "marknadsplats"];
pub(super) const FULFILMENT: Headers =
    &["fulfillment", "fulfilment", "Versand", "traitement", "expédition", "Gestione", "gestión logística", "leverans"];
pub(super) const CITY: Headers = &[
    "order city",
    "Ort der Bestellung",
    "ville d'où provient la commande",
    "ville de la commande",
    "Città di provenienza dell'ordine",
    "ciudad de procedencia del pedido",
    "bestelling stad",
    "stad för beställning",
];
pub(super) const STATE: Headers = &[
    "order state",
    "Bundesland",
    "Région d'où provient la commande",
    "état de la commande",
    "Provincia di provenienza dell'ordine",
    "comunidad autónoma de procedencia del pedido",
    "status bestelling",
    "delstat för beställning",
];
pub(super) const POSTAL: Headers = &[
    "order postal",
    "Postleitzahl",
    "code postal de la commande",
    "commande postale",
    "CAP dell'ordine",
    "código postal de procedencia del pedido",
    "bestelling per post",
    "postadress för beställning",
];
pub(super) const TAX_MODEL: Headers = &[
    "tax collection model",
    "Steuererhebungsmodell",
    "Modèle de perception des taxes",
    "modello di riscossione delle imposte",
    "Formulario de recaudación de impuestos",
];
pub(super) const SALES: Headers = &[
    "product sales",
    "Umsätze",
    "ventes de produits",
    "Vendite",
    "ventas de productos",
    "verkoop van producten",
    "försäljning av produkter",
];
pub(super) const SALES_TAX: Headers = &[
    "product sales tax",
    "Produktumsatzsteuer",
    "Taxes sur la vente des produits",
    "imposta sulle vendite dei prodotti",
    "impuesto de ventas de productos",
];
pub(super) const SHIPPING: Headers = &[
    "shipping credits",
    "postage credits",
    "Gutschrift für Versandkosten",
    "crédits d'expédition",
    "Accrediti per le spedizioni",
    "abonos de envío",
    "Verzendtegoeden",
    "fraktkrediter",
];
pub(super) const SHIPPING_TAX: Headers = &[
    "shipping credits tax",
    "Steuer auf Versandgutschrift",
    "taxe sur les crédits d'expédition",
    "taxe sur les crédits d\u{2019}expédition",
    "imposta accrediti per le spedizioni",
    "impuestos por abonos de envío",
];
pub(super) const WRAP: Headers = &[
    "gift wrap credits",
    "giftwrap credits",
    "Gutschrift für Geschenkverpackung",
    "crédits sur l'emballage cadeau",
    "crédits d'emballage-cadeau",
    "Accrediti per confezioni regalo",
    "abonos de envoltorio para regalo",
    "kredietpunten cadeauverpakking",
    "krediter för presentinslagning",
];
pub(super) const WRAP_TAX: Headers = &[
    "giftwrap credits tax",
    "gift wrap credits tax",
    "Steuer auf Geschenkverpackungsgutschriften",
    "Taxes sur les crédits cadeaux",
    "imposta sui crediti confezione regalo",
    "impuestos por abonos de envoltorio para regalo",
];
pub(super) const REBATES: Headers = &[
    "promotional rebates",
    "Rabatte aus Werbeaktionen",
    "Rabais promotionnels",
    "Total des réductions",
    "Sconti promozionali",
    "devoluciones promocionales",
    "promotiekortingen",
    "kampanjrabatter",
];
pub(super) const REBATES_TAX: Headers = &[
    "promotional rebates tax",
    "Steuer auf Aktionsrabatte",
    "Taxes sur les remises promotionnelles",
    "imposta sugli sconti promozionali",
    "impuestos de descuentos por promociones",
];
pub(super) const TAX_COLLECTED: Headers = &[
    "sales tax collected",
    "Total sales tax liable(GST before adjusting TCS)",
    "taxe de ventes prélevée",
    "geïnde omzetbelasting",
    "Inkasserad moms",
];
pub(super) const FACILITATOR: Headers = &[
    "marketplace facilitator tax",
    "Taxe Marketplace Facilitator",
    "Belasting voor marketplace-facilitator",
    "Skatt för marknadsplatsförmedlare",
];
pub(super) const WITHHELD: Headers = &[
    "marketplace withheld tax",
    "Einbehaltene Steuer auf Marketplace",
    "Taxes retenues sur le site de vente",
    "trattenuta IVA del marketplace",
    "impuesto retenido en el sitio web",
];
pub(super) const SELLING_FEES: Headers = &[
    "selling fees",
    "Verkaufsgebühren",
    "frais de vente",
    "Commissioni di vendita",
    "tarifas de venta",
    "verkoopkosten",
    "försäljningsavgifter",
];
pub(super) const FBA_FEES: Headers = &[
    "fba fees",
    "Gebühren zu Versand durch Amazon",
    "Frais Expédié par Amazon",
    "Frais pour le service Expédié par Amazon",
    "Costi del servizio Logistica di Amazon",
    "tarifas de Logística de Amazon",
    "fba-vergoedingen",
    "fba-avgifter",
];
pub(super) const TRANSACTION_FEES: Headers = &[
    "other transaction fees",
    "Andere Transaktionsgebühren",
    "autres frais de transaction",
    "Altri costi relativi alle transazioni",
    "tarifas de otras transacciones",
    "overige transactiekosten",
    "övriga transaktionsavgifter",
];
pub(super) const OTHER: Headers = &["other", "Andere", "autre", "autres", "Altro", "otro", "overige", "Övrigt"];
pub(super) const TOTAL: Headers = &["total", "Gesamt", "totale", "totaal", "totalt"];
pub(super) const STATUS: Headers = &[
    "Transaction Status",
    "Transaktionsstatus",
    "Statut de la transaction",
    "Stato della transazione",
    "Estado de la transacción",
    "Transactiestatus",
];
pub(super) const RELEASED: Headers = &[
    "Transaction Release Date",
    "Freigabedatum der Transaktion",
    "Date de sortie de la transaction",
    "Date de délivrance de la transaction",
    "Data di rilascio della transazione",
    "Fecha de liberación de la transacción",
    "Publicatiedatum van transactie",
    "Transaktionens utgivningsdatum",
];
