//! What does the sample shop sell? Articles with names, prices, costs and an appetite for them.

use crate::sample::dice::Dice;
use crate::sample::stores::{AMAZON, BOUTIQUE, SHOPIFY, STORES, TIKTOK, WHOLESALE};
use crate::types::Day;

/// How an article's demand arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern {
    Smooth,
    /// Rarely, one at a time.
    Intermittent,
    /// Rarely, many at a time.
    Lumpy,
}

/// What makes a planted article lose money on its one planted channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    FulfilmentFees,
    Advertising,
    CostOfGoods,
    Refunds,
    Discounts,
}

impl Loss {
    /// The statement line that tips it.
    pub(crate) fn line(self) -> &'static str {
        match self {
            Self::FulfilmentFees => "fulfilment_fees",
            Self::Advertising => "advertising",
            Self::CostOfGoods => "cost_of_goods",
            Self::Refunds => "refunds",
            Self::Discounts => "discounts",
        }
    }
}

/// One article. Money in cents.
#[derive(Clone, Debug)]
pub(crate) struct Good {
    pub(crate) sku: String,
    pub(crate) title: String,
    pub(crate) handle: String,
    pub(crate) variant: &'static str,
    pub(crate) category: usize,
    pub(crate) class: &'static str,
    pub(crate) barcode: String,
    pub(crate) grams: i64,
    pub(crate) price: i64,
    pub(crate) cost: i64,
    pub(crate) supplier: &'static str,
    pub(crate) lead_days: i64,
    pub(crate) minimum_order: i64,
    pub(crate) case_pack: i64,
    pub(crate) launched: Day,
    /// First day of its decline.
    pub(crate) fading: Option<Day>,
    pub(crate) discontinued: Option<Day>,
    pub(crate) pattern: Pattern,
    /// Units per day over all channels, before seasons.
    pub(crate) rate: f64,
    /// Growth per year as a fraction.
    pub(crate) trend: f64,
    /// Share of the rate by channel; zero where it is not listed.
    pub(crate) share: [f64; 5],
    /// The number that each channel's files carry.
    pub(crate) channel_sku: [String; 5],
    /// TikTok's own number, which stands alone where the seller's is blank.
    pub(crate) tiktok_id: String,
    pub(crate) blank_on_tiktok: bool,
    pub(crate) asin: String,
    pub(crate) fulfilment_fee: i64,
    /// Broken units in the seller's warehouse, there from the first day.
    pub(crate) damaged: i64,
    /// Index of component and units of it; empty for what is stocked itself.
    pub(crate) parts: Vec<(usize, i64)>,
    pub(crate) loss: Option<(usize, Loss)>,
}

impl Good {
    pub(crate) fn is_bundle(&self) -> bool {
        !self.parts.is_empty()
    }

    pub(crate) fn is_listed(&self, channel: usize) -> bool {
        self.share[channel] > 0.0
    }

    /// The price asked on a channel.
    pub(crate) fn price_on(&self, channel: usize) -> i64 {
        self.price * STORES[channel].price_percent / 100
    }

    /// Mean units of a line on a channel.
    pub(crate) fn mean_quantity(&self, channel: usize) -> f64 {
        match (channel, self.pattern) {
            (WHOLESALE, _) => 2.0 * self.case_pack as f64,
            (_, Pattern::Lumpy) => 5.5,
            _ => 1.23,
        }
    }

    /// Units of one line on a channel.
    pub(crate) fn draw_quantity(&self, channel: usize, dice: &mut Dice) -> i64 {
        match (channel, self.pattern) {
            (WHOLESALE, _) => dice.between(1, 3) * self.case_pack,
            (_, Pattern::Lumpy) => dice.between(3, 8),
            _ => 1 + dice.weighted(&[0.82, 0.13, 0.05]) as i64,
        }
    }
}

pub(crate) const CATEGORIES: [&str; 6] = ["Kitchen", "Home", "Bath", "Skincare", "Fragrance", "Hair"];
pub(crate) const BRAND: &str = "Harbor & Hearth";
const SUPPLIERS: [&str; 4] = ["Northfield Ceramics", "Lumen Labs", "Quay Textiles", "Alder Trading"];

const COLOURS: [(&str, &str); 16] = [
    ("BLUE", "Blue"),
    ("SAND", "Sand"),
    ("FOREST", "Forest"),
    ("COAL", "Charcoal"),
    ("TERRA", "Terracotta"),
    ("IVORY", "Ivory"),
    ("OCHRE", "Ochre"),
    ("SLATE", "Slate"),
    ("ROSE", "Rose"),
    ("SAGE", "Sage"),
    ("NAVY", "Navy"),
    ("OAT", "Oat"),
    ("PLUM", "Plum"),
    ("CLAY", "Clay"),
    ("MIST", "Mist"),
    ("BLACK", "Black"),
];
const SCENTS: [(&str, &str); 16] = [
    ("LAVENDER", "Lavender"),
    ("CITRUS", "Citrus"),
    ("PLAIN", "Unscented"),
    ("VANILLA", "Vanilla"),
    ("CEDAR", "Cedar"),
    ("SALT", "Sea Salt"),
    ("TEA", "Green Tea"),
    ("HONEY", "Honey"),
    ("MINT", "Mint"),
    ("FIG", "Fig"),
    ("NEROLI", "Neroli"),
    ("ALOE", "Aloe"),
    ("JASMINE", "Jasmine"),
    ("AMBER", "Amber"),
    ("ROSEHIP", "Rose Hip"),
    ("OATMILK", "Oat Milk"),
];

/// Code, name, category, price in dollars, grams.
const LINES: [(&str, &str, usize, i64, i64); 48] = [
    ("MUG", "Stoneware Mug", 0, 18, 420),
    ("SERUM", "Face Serum 30 ml", 3, 34, 95),
    ("CANDLE", "Soy Candle 220 g", 4, 26, 480),
    ("THROW", "Cotton Throw", 1, 58, 900),
    ("BOWL", "Breakfast Bowl", 0, 20, 510),
    ("SOAP", "Bar Soap, Set of 3", 2, 16, 340),
    ("CREAM", "Day Cream 50 ml", 3, 38, 140),
    ("VASE", "Bud Vase", 1, 28, 600),
    ("TOWEL", "Waffle Towel", 2, 32, 450),
    ("SHAMPOO", "Shampoo 300 ml", 5, 19, 360),
    ("PLATE", "Dinner Plate", 0, 24, 720),
    ("DIFFUSER", "Reed Diffuser", 4, 36, 380),
    ("PILLOW", "Linen Pillow Cover", 1, 29, 220),
    ("BALM", "Lip Balm, Set of 3", 3, 15, 60),
    ("OIL", "Body Oil 100 ml", 2, 27, 190),
    ("TEAPOT", "Teapot 1 l", 0, 46, 1100),
    ("MASK", "Clay Mask 75 ml", 3, 25, 160),
    ("RUNNER", "Table Runner", 1, 35, 300),
    ("CONDITIONER", "Conditioner 300 ml", 5, 19, 360),
    ("SALTS", "Bath Salts 400 g", 2, 18, 450),
    ("CARAFE", "Water Carafe", 0, 33, 800),
    ("MIST", "Room Mist 100 ml", 4, 21, 170),
    ("BASKET", "Woven Basket", 1, 42, 750),
    ("TONER", "Face Toner 150 ml", 3, 24, 210),
    ("APRON", "Kitchen Apron", 0, 31, 280),
    ("HAIROIL", "Hair Oil 50 ml", 5, 23, 110),
    ("TRAY", "Serving Tray", 1, 39, 950),
    ("SCRUB", "Body Scrub 200 ml", 2, 22, 290),
    ("PARFUM", "Perfume Oil 10 ml", 4, 44, 70),
    ("NAPKIN", "Napkins, Set of 4", 0, 26, 200),
    ("CLEANSER", "Cleansing Gel 150 ml", 3, 22, 230),
    ("LAMP", "Table Lamp", 1, 79, 1600),
    ("ROBE", "Waffle Robe", 2, 74, 1100),
    ("COMB", "Wooden Comb", 5, 15, 40),
    ("JAR", "Storage Jar", 0, 21, 530),
    ("SACHET", "Drawer Sachets, Set of 6", 4, 17, 120),
    ("BLANKET", "Knit Blanket", 1, 89, 1400),
    ("EYECREAM", "Eye Cream 15 ml", 3, 36, 60),
    ("BATHMAT", "Bath Mat", 2, 34, 700),
    ("SPATULA", "Spatula, Set of 2", 0, 16, 150),
    ("BRUSH", "Hair Brush", 5, 24, 130),
    ("INCENSE", "Incense Sticks", 4, 15, 90),
    ("FRAME", "Picture Frame", 1, 27, 420),
    ("SUNCARE", "Sun Fluid SPF 50", 3, 29, 85),
    ("LOTION", "Hand Lotion 250 ml", 2, 20, 310),
    ("GRINDER", "Pepper Grinder", 0, 37, 380),
    ("TONIC", "Scalp Tonic 100 ml", 5, 28, 160),
    ("COASTER", "Coasters, Set of 4", 1, 19, 340),
];

/// What the made-up catalogue depends on.
pub(crate) struct Outline {
    pub(crate) count: usize,
    pub(crate) channels: usize,
    pub(crate) first: Day,
    pub(crate) as_of: Day,
}

/// The shop's articles. Bundles come last; the first planted losers are among the better sellers.
pub(crate) fn make(outline: &Outline, dice: &mut Dice) -> Vec<Good> {
    let mut goods: Vec<Good> = (0..outline.count).map(|index| make_one(index, outline, dice)).collect();
    classify(&mut goods, outline);
    plant_losers(&mut goods, outline);
    plant_bundles(&mut goods, outline, dice);
    goods
}

fn make_one(index: usize, outline: &Outline, dice: &mut Dice) -> Good {
    let line_index = index % LINES.len();
    let (code, name, category, dollars, grams) = LINES[line_index];
    let variants = if matches!(category, 0 | 1) { &COLOURS } else { &SCENTS };
    let (mark, variant) = variants[(index / LINES.len() + line_index * 5) % variants.len()];
    let edition = index / (LINES.len() * variants.len()) + 1;
    let (suffix, number) =
        if edition > 1 { (format!("-{edition}"), format!(" No. {edition}")) } else { (String::new(), String::new()) };
    let sku = format!("{code}-{mark}{suffix}");
    let title = format!("{name}{number}");
    let price = dollars * 100 + dice.pick(&[-100, 0, 0, 100, 200]) - if dice.chance(0.5) { 1 } else { 0 };
    let pattern = [Pattern::Smooth, Pattern::Intermittent, Pattern::Lumpy][dice.weighted(&[0.72, 0.2, 0.08])];
    let weight = match pattern {
        Pattern::Smooth => dice.lognormal(1.0, 1.0),
        Pattern::Intermittent => dice.lognormal(0.16, 0.4),
        Pattern::Lumpy => dice.lognormal(0.35, 0.4),
    };
    let days = outline.as_of.since(outline.first);
    let is_new = index > 20 && index % 23 == 7;
    let is_fading = index > 20 && index % 23 == 15;
    let launched = if is_new { outline.as_of.plus(-days.min(75) + 5) } else { outline.first.plus(-400) };
    let mut share = [0.0; 5];
    for (channel, store) in STORES.iter().enumerate().take(outline.channels) {
        if dice.chance(store.listed) || channel == SHOPIFY {
            share[channel] = store.share * dice.lognormal(1.0, 0.25);
        }
    }
    let total: f64 = share.iter().sum();
    for part in &mut share {
        *part /= total;
    }
    Good {
        handle: title.to_lowercase().replace([',', '.'], "").replace(' ', "-") + "-" + &mark.to_lowercase(),
        barcode: barcode(index),
        asin: format!("B0{}", letters((index as u64 * 734_287_910_357 + 48_271_104_729) % (1 << 40), 8)),
        tiktok_id: format!("17294{:014}", index as u64 * 982_451_653 % 100_000_000_000_000),
        blank_on_tiktok: index % 19 == 11,
        channel_sku: channel_numbers(&sku, index),
        sku,
        title,
        variant,
        category,
        class: "standard",
        grams,
        price,
        cost: price * dice.between(22, 27) / 100,
        supplier: SUPPLIERS[category % SUPPLIERS.len()],
        lead_days: dice.pick(&[10, 14, 14, 21, 28, 35]),
        minimum_order: dice.pick(&[12, 24, 24, 48]),
        case_pack: dice.pick(&[6, 6, 8, 12]),
        launched,
        fading: is_fading.then(|| outline.as_of.plus(-(days * 2 / 5))),
        discontinued: is_fading.then(|| outline.as_of.plus(40)),
        pattern,
        rate: weight,
        trend: dice.real(-0.2, 0.35),
        share,
        fulfilment_fee: 306 + grams / 4,
        damaged: if index % 17 == 4 { dice.between(1, 3) } else { 0 },
        parts: Vec::new(),
        loss: None,
    }
}

/// Amazon and TikTok know most articles by another number than the seller.
fn channel_numbers(sku: &str, index: usize) -> [String; 5] {
    let amazon = if index % 10 < 7 { format!("{sku}-FBA") } else { sku.to_owned() };
    let tiktok = if index % 10 < 4 { format!("TT-{}", sku.replace('-', "")) } else { sku.to_owned() };
    [sku.to_owned(), amazon, tiktok, sku.to_owned(), sku.to_owned()]
}

fn classify(goods: &mut [Good], outline: &Outline) {
    let mut ranked: Vec<usize> = (0..goods.len()).collect();
    ranked.sort_by(|a, b| goods[*b].rate.total_cmp(&goods[*a].rate).then(a.cmp(b)));
    let best = goods.len() / 10;
    for (rank, index) in ranked.iter().enumerate() {
        let good = &mut goods[*index];
        good.class = match rank {
            _ if good.fading.is_some() => "phase-out",
            _ if good.launched > outline.first => "new",
            rank if rank <= best => "bestseller",
            _ if good.pattern == Pattern::Smooth => "standard",
            _ => "slow",
        };
    }
}

/// Five articles that lose money on one channel, each for another reason, and sell well enough
/// there to show it.
fn plant_losers(goods: &mut [Good], outline: &Outline) {
    let plans = [
        (AMAZON, Loss::FulfilmentFees),
        (TIKTOK, Loss::Advertising),
        (SHOPIFY, Loss::CostOfGoods),
        (AMAZON, Loss::Refunds),
        (WHOLESALE, Loss::Discounts),
        (BOUTIQUE, Loss::CostOfGoods),
    ];
    let mut ranked: Vec<usize> = (0..goods.len()).filter(|index| goods[*index].pattern == Pattern::Smooth).collect();
    ranked.retain(|index| goods[*index].class == "standard");
    ranked.sort_by(|a, b| goods[*b].rate.total_cmp(&goods[*a].rate).then(a.cmp(b)));
    let plans = plans.into_iter().filter(|(channel, _)| *channel < outline.channels.min(4));
    for ((channel, loss), index) in plans.zip(ranked) {
        let good = &mut goods[index];
        good.share = [0.0; 5];
        good.share[channel] = 1.0;
        good.blank_on_tiktok = false;
        good.loss = Some((channel, loss));
        if loss == Loss::FulfilmentFees {
            good.fulfilment_fee = good.price * 85 / 100;
        }
    }
}

/// One bundle for thirty articles, sold in the own store only.
fn plant_bundles(goods: &mut Vec<Good>, outline: &Outline, dice: &mut Dice) {
    let fit: Vec<usize> = (0..goods.len())
        .filter(|index| {
            let good = &goods[*index];
            good.loss.is_none() && good.class == "standard" && good.parts.is_empty()
        })
        .collect();
    let count = (outline.count / 30).min(200).min(fit.len() / 2);
    for number in 0..count {
        let (one, other) = (fit[number * 2], fit[number * 2 + 1]);
        let units = dice.between(1, 2);
        let mut good = goods[one].clone();
        good.sku = format!("SET-{}-{}", goods[one].sku.replace('-', ""), goods[other].sku.replace('-', ""));
        good.title = format!("Gift Set: {} + {}", goods[one].title, goods[other].title);
        good.handle = format!("gift-set-{}-{}", goods[one].handle, goods[other].handle);
        good.variant = "Default Title";
        good.barcode = barcode(900_000 + number);
        good.class = "bundle";
        good.price = (goods[one].price * units + goods[other].price) * 9 / 10;
        good.grams = goods[one].grams * units + goods[other].grams;
        good.pattern = Pattern::Intermittent;
        good.rate = 0.2;
        good.share = [1.0, 0.0, 0.0, 0.0, 0.0];
        good.channel_sku = [(); 5].map(|()| good.sku.clone());
        good.damaged = 0;
        good.fading = None;
        good.discontinued = None;
        good.parts = vec![(one, units), (other, 1)];
        goods.push(good);
    }
}

/// A UPC with its check digit (GS1 General Specifications, 7.9).
fn barcode(index: usize) -> String {
    let digits = format!("8500{:07}", index % 10_000_000);
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, byte)| u32::from(byte - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// `count` letters and digits that no other `number` below 32^`count` has.
fn letters(mut number: u64, count: usize) -> String {
    const SET: &[u8; 32] = b"0123456789ABCDEFGHJKLMNPQRSTVWXY";
    let mut text = String::new();
    for _ in 0..count {
        text.push(char::from(SET[(number % 32) as usize]));
        number /= 32;
    }
    text
}
