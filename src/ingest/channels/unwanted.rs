//! Exports that are known and not read: no table of the lake is theirs, or another export tells
//! the same better.

/// An export that is not read.
pub(crate) struct Unwanted {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Headers that tell it, normalised.
    pub(crate) headers: &'static [&'static str],
    /// Why it is not read.
    pub(crate) why: &'static str,
    /// What to export instead.
    pub(crate) instead: &'static str,
}

/// Every export that is known and not read.
pub(crate) static UNWANTED: &[Unwanted] = &[
    Unwanted {
        name: "Amazon's reimbursement report",
        headers: &["reimbursement-id", "amount-total", "quantity-reimbursed-total"],
        why: "the settlement pays the same money and the ledger counts the same units",
        instead: "give the settlement's flat file and the inventory ledger; this one would count both twice",
    },
    Unwanted {
        name: "Amazon's fee preview",
        headers: &["estimated-fee-total", "estimated-referral-fee-per-unit"],
        why: "it is an estimate, and the settlement tells what was charged",
        instead: "set `fees = { referral-rate = …, fulfilment-per-unit = … }` under `[channel.amazon]` for orders not settled yet",
    },
    Unwanted {
        name: "Amazon's AWD inventory",
        headers: &["inbound to awd (units)", "available in awd (units)"],
        why: "its units are not for sale until they reach the fulfilment centres",
        instead: "give Manage FBA Inventory; its inbound units hold what is on the way",
    },
    Unwanted {
        name: "Amazon's restock report",
        headers: &["merchant sku", "units sold last 30 days", "fc transfer"],
        why: "it advises, and its counts carry no time",
        instead: "give Manage FBA Inventory or the FBA Inventory report",
    },
    Unwanted {
        name: "Amazon's SKU economics report",
        headers: &["msku", "average sales price", "net units sold"],
        why: "it sums up orders and fees that other reports tell one by one",
        instead: "give All Orders and the settlement's flat file",
    },
    Unwanted {
        name: "Magento's grid of orders",
        headers: &["purchase point", "purchase date", "grand total (base)", "grand total (purchased)"],
        why: "it has a row per order and neither articles nor units",
        instead: "export order items with the orders' number, date and status, and describe them under `[mapping.NAME]`",
    },
    Unwanted {
        name: "Magento 1's grid of orders",
        headers: &["purchased on", "g.t. (base)", "g.t. (purchased)"],
        why: "it has a row per order and neither articles nor units",
        instead: "export a row per item, as the Simple Order Export extension does (`Order Item Increment`, `Item SKU`)",
    },
    Unwanted {
        name: "Volusion's OrderDetails",
        headers: &["orderdetailid", "orderid", "productcode", "productprice"],
        why: "the day and the state of an order stand in another file, Orders, and a file is read by itself",
        instead: "join both by `orderid`, with the day and the state, and describe the result under `[mapping.NAME]`",
    },
    Unwanted {
        name: "ChannelAdvisor's inventory upload",
        headers: &["inventory number", "quantity update type", "quantity"],
        why: "what its quantity means depends on the update type of each row, and some are changes",
        instead: "give counts as `stock` with the columns `sku`, `location` and `on_hand`, or under `[mapping.NAME]`",
    },
    Unwanted {
        name: "TikTok Shop's list of orders that are not settled yet",
        headers: &["order/adjustment id", "total estimated settlement amount"],
        why: "its amounts are estimates, and the statement tells them once they are paid",
        instead: "give the income statement; fees of orders that are not settled are estimated until then",
    },
    Unwanted {
        name: "TikTok Shop's product performance report",
        headers: &["sku id", "product id", "gmv", "sku orders"],
        why: "it sums up orders over a period",
        instead: "give the orders' export",
    },
];

/// The export that a header belongs to and that is not read.
pub(crate) fn unwanted(cells: &[String]) -> Option<&'static Unwanted> {
    UNWANTED.iter().find(|unwanted| unwanted.headers.iter().all(|header| cells.iter().any(|cell| cell == header)))
}
