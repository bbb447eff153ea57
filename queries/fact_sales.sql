-- fact_sales: what each order sold of each SKU, without cancelled or unpaid lines and other channels' orders.
--
-- grain  channel, order_id, sku, order_day, currency
-- reads  order_lines, fact_lone_wraps, sku_map, channel_currencies
-- unit   gross, discount, shipping_charged, other_income, held and tax in `currency`, discount positive
-- note   an order line without a price counts neither units nor money, only one in unpriced_lines
-- note   goods have units and gross; gift wrap, handling and insurance are shipping charged; tips and what was kept of a
--        cancelled order are other income; gift cards, donations, deposits and duties are held for others and no income
-- by month
with live_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        -- the channel's own number finds the product; an export may know only the seller's
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.order_day as order_day,
        -- a file that names none leaves open in which currency it is
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        cast(l.quantity as bigint) as quantity,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end as gross,
        l.discount as discount,
        l.shipping_charged as shipping_charged,
        l.tax as tax,
        case when l.fulfilment = 'seller' then 1 else 0 end as by_seller,
        case
            when l.kind in ('article', 'giveaway') then 'goods'
            when l.kind in ('gift_wrap', 'handling', 'insurance') then 'delivery'
            when l.kind in ('tip', 'kept') then 'income'
            else 'held'
        end as role
    from order_lines as l
    left join channel_currencies as q on q.channel = l.channel
    left join fact_lone_wraps as w on w.channel = l.channel and w.order_id = l.order_id
    where l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel' and w.order_id is null
),
mapped_lines as (
    select
        v.channel as channel,
        v.order_id as order_id,
        -- an unmapped number stands for itself
        coalesce(m.sku, v.stated_sku, v.listed_sku, '(unallocated)') as sku,
        v.order_day as order_day,
        v.currency as currency,
        v.quantity as quantity,
        v.gross as gross,
        v.discount as discount,
        v.shipping_charged as shipping_charged,
        v.tax as tax,
        v.by_seller as by_seller,
        v.role as role
    from live_lines as v
    left join sku_map as m on m.channel = v.channel and m.channel_sku = v.listed_sku
    -- the product that the number stood for on the order's day
    where m.channel is null or (v.order_day >= m.from_day and v.order_day <= m.until_day)
)
select
    channel as channel,
    order_id as order_id,
    sku as sku,
    order_day as order_day,
    currency as currency,
    -- units without money would cost and earn nothing: a loss that nobody made
    sum(cast(case when gross is null or role <> 'goods' then 0 else quantity end as bigint)) as units,
    -- a sum over nothing known is no money
    coalesce(sum(case when role = 'goods' then gross else null end), 0) as gross,
    coalesce(sum(case when gross is null or role <> 'goods' then null else discount end), 0) as discount,
    coalesce(sum(case when gross is null then null else shipping_charged end), 0)
        + coalesce(sum(case when role = 'delivery' then gross else null end), 0)
        - coalesce(sum(case when gross is not null and role = 'delivery' then discount else null end), 0) as shipping_charged,
    coalesce(sum(case when role = 'income' then gross else null end), 0)
        - coalesce(sum(case when gross is not null and role = 'income' then discount else null end), 0) as other_income,
    coalesce(sum(case when role = 'held' then gross else null end), 0)
        - coalesce(sum(case when gross is not null and role = 'held' then discount else null end), 0) as held,
    coalesce(sum(case when gross is null then null else tax end), 0) as tax,
    sum(cast(case when gross is null or role <> 'goods' then 0 else by_seller end as bigint)) as seller_lines,
    sum(cast(case when gross is null or role <> 'goods' then 0 else 1 end as bigint)) as priced_lines,
    sum(cast(case when gross is null and role = 'goods' then 1 else 0 end as bigint)) as unpriced_lines
from mapped_lines
group by channel, order_id, sku, order_day, currency
order by channel, order_id, sku, order_day, currency
