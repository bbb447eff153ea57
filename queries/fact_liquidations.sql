-- fact_liquidations: what liquidators paid for stock, and how many units they took.
--
-- grain  channel, order_id, sku, posted_day, currency, tells_units
-- reads  settlement_lines, fact_settle_whole, calendar, sku_map
-- unit   amount in `currency`; tells_units is 1 for the lines that tell their units, and units are 0 for the others
-- note   money that the liquidator got back brings no units back
-- note   order_id is empty where the settlement names none
-- by month
with keyed_lines as (
    select
        l.channel as channel,
        coalesce(l.order_id, '') as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.posted_day as posted_day,
        l.currency as currency,
        l.amount as amount,
        case when l.amount > 0 then l.quantity else null end as units,
        case when l.quantity > 0 then 1 else 0 end as tells_units
    from settlement_lines as l
    inner join calendar as c on c.day = l.posted_day
    left join fact_settle_whole as w
        on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
    where l.kind = 'liquidation' and (w.channel is null or l.whole = true)
)
select
    k.channel as channel,
    k.order_id as order_id,
    coalesce(m.sku, k.stated_sku, k.listed_sku, '(unallocated)') as sku,
    k.posted_day as posted_day,
    k.currency as currency,
    cast(k.tells_units as bigint) as tells_units,
    sum(k.amount) as amount,
    coalesce(sum(cast(k.units as bigint)), 0) as units
from keyed_lines as k
left join sku_map as m on m.channel = k.channel and m.channel_sku = k.listed_sku
where m.channel is null or (k.posted_day >= m.from_day and k.posted_day <= m.until_day)
group by k.channel, k.order_id, coalesce(m.sku, k.stated_sku, k.listed_sku, '(unallocated)'), k.posted_day,
    k.currency, k.tells_units
order by channel, order_id, sku, posted_day, currency, tells_units
