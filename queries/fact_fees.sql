-- fact_fees: settlement lines that earn or cost, per SKU and day, or per order where they name no SKU.
--
-- grain  channel, order_id, sku, kind, posted_day, currency, tax_included
-- reads  settlement_lines, fact_settle_whole, fact_order_titles, calendar, sku_map
-- unit   amount in `currency` as it moves the balance: fees and refunds negative
-- note   order_id is empty where the SKU is known, but for refunds, which must find a cancelled order
-- note   tax_included is 1 where a refund holds the tax that the buyer got back, and the settlement does not tell the
--        tax of the order's refunds of that day in lines of their own
-- note   a line that names its article by the title alone is of the one SKU of its order that is called so
-- note   what a second document tells of a settlement that one tells whole is left out
-- note   sales, discounts and shipping are counted from the orders; tax nets to nothing; balances only move money
-- by month
with counted_lines as (
    select
        l.channel as channel,
        l.settlement_id as settlement_id,
        l.order_id as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.title as title,
        l.kind as kind,
        l.posted_day as posted_day,
        l.currency as currency,
        l.amount as amount,
        case when l.kind = 'refund' and l.tax_included then 1 else 0 end as may_hold_tax
    from settlement_lines as l
    inner join calendar as c on c.day = l.posted_day
    left join fact_settle_whole as w
        on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
    where (w.channel is null or l.whole = true)
        and l.kind not in ('sale', 'discount', 'shipping_charged', 'tax_collected', 'tax_withheld', 'balance', 'reserve', 'payout')
),
told_taxes as (
    select distinct
        channel as channel,
        settlement_id as settlement_id,
        order_id as order_id,
        posted_day as posted_day
    from settlement_lines
    where kind = 'tax_collected' and tax_included = false
),
keyed_lines as (
    select
        channel as channel,
        order_id as order_id,
        listed_sku as listed_sku,
        stated_sku as stated_sku,
        title as title,
        kind as kind,
        posted_day as posted_day,
        currency as currency,
        amount as amount,
        0 as tax_included
    from counted_lines
    where may_hold_tax = 0
    union all
    select
        l.channel as channel,
        l.order_id as order_id,
        l.listed_sku as listed_sku,
        l.stated_sku as stated_sku,
        l.title as title,
        l.kind as kind,
        l.posted_day as posted_day,
        l.currency as currency,
        l.amount as amount,
        case when t.channel is null then 1 else 0 end as tax_included
    from counted_lines as l
    left join told_taxes as t
        on t.channel = l.channel and t.settlement_id = l.settlement_id and t.order_id = l.order_id
        and t.posted_day = l.posted_day
    where l.may_hold_tax = 1
),
order_titles as (
    select
        channel as channel,
        order_id as order_id,
        title as title,
        min(sku) as only_sku
    from fact_order_titles
    group by channel, order_id, title
    having min(sku) = max(sku)
),
mapped_lines as (
    select
        k.channel as channel,
        -- a line of the account names neither order nor SKU
        coalesce(k.order_id, '') as order_id,
        coalesce(m.sku, k.stated_sku, k.listed_sku, t.only_sku, '(unallocated)') as sku,
        k.kind as kind,
        k.posted_day as posted_day,
        k.currency as currency,
        k.amount as amount,
        k.tax_included as tax_included
    from keyed_lines as k
    left join sku_map as m on m.channel = k.channel and m.channel_sku = k.listed_sku
    left join order_titles as t on t.channel = k.channel and t.order_id = k.order_id and t.title = lower(trim(k.title))
    where m.channel is null or (k.posted_day >= m.from_day and k.posted_day <= m.until_day)
),
placed_lines as (
    select
        channel as channel,
        case when sku = '(unallocated)' or kind = 'refund' then order_id else '' end as order_id,
        sku as sku,
        kind as kind,
        posted_day as posted_day,
        currency as currency,
        amount as amount,
        tax_included as tax_included
    from mapped_lines
)
select
    channel as channel,
    order_id as order_id,
    sku as sku,
    kind as kind,
    posted_day as posted_day,
    currency as currency,
    cast(tax_included as bigint) as tax_included,
    sum(amount) as amount
from placed_lines
group by channel, order_id, sku, kind, posted_day, currency, tax_included
order by channel, order_id, sku, kind, posted_day, currency, tax_included
