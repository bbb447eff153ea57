-- fact_order_unpaid: orders that nobody has paid yet, and what they come to.
--
-- grain  channel, order_id, order_day, currency
-- reads  order_lines, channel_currencies
-- unit   amount in `currency`, with shipping and tax; units of articles
-- note   an order with a line without a price has no amount
-- by month
with unpaid_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.order_day as order_day,
        l.ordered_at as ordered_at,
        -- a file that names none leaves open in which currency it is
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        case when l.kind in ('article', 'giveaway') then cast(l.quantity as bigint) else 0 end as units,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end as gross,
        coalesce(l.shipping_charged, 0) + coalesce(l.tax, 0) - coalesce(l.discount, 0) as beside
    from order_lines as l
    left join channel_currencies as q on q.channel = l.channel
    where l.status = 'unpaid' and l.fulfilment <> 'other_channel'
)
select
    channel as channel,
    order_id as order_id,
    order_day as order_day,
    currency as currency,
    min(ordered_at) as ordered_at,
    sum(cast(units as bigint)) as units,
    case when cast(count(gross) as bigint) = cast(count(*) as bigint) then sum(gross + beside) else null end as amount
from unpaid_lines
group by channel, order_id, order_day, currency
order by channel, order_id, order_day, currency
