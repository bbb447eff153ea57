-- fact_fees: settlement lines that earn or cost, per SKU and day, or per order where they name no SKU.
--
-- grain  channel, order_id, sku, kind, posted_day, currency
-- reads  settlement_lines, sku_map
-- unit   amount in `currency` as it moves the balance: fees and refunds negative
-- note   order_id is empty where the SKU is known, but for refunds, which must find a cancelled order
-- note   sales, discounts and shipping are counted from the orders; tax nets to nothing
-- by month
with keyed_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.kind as kind,
        l.posted_day as posted_day,
        l.currency as currency,
        l.amount as amount
    from settlement_lines as l
    where l.kind not in ('sale', 'discount', 'shipping_charged', 'tax_collected', 'tax_withheld', 'reserve', 'payout')
),
mapped_lines as (
    select
        k.channel as channel,
        -- a line of the account names neither order nor SKU
        coalesce(k.order_id, '') as order_id,
        coalesce(m.sku, k.stated_sku, k.listed_sku, '(unallocated)') as sku,
        k.kind as kind,
        k.posted_day as posted_day,
        k.currency as currency,
        k.amount as amount
    from keyed_lines as k
    left join sku_map as m on m.channel = k.channel and m.channel_sku = k.listed_sku
),
placed_lines as (
    select
        channel as channel,
        case when sku = '(unallocated)' or kind = 'refund' then order_id else '' end as order_id,
        sku as sku,
        kind as kind,
        posted_day as posted_day,
        currency as currency,
        amount as amount
    from mapped_lines
)
select
    channel as channel,
    order_id as order_id,
    sku as sku,
    kind as kind,
    posted_day as posted_day,
    currency as currency,
    sum(amount) as amount
from placed_lines
group by channel, order_id, sku, kind, posted_day, currency
order by channel, order_id, sku, kind, posted_day, currency
