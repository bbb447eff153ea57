-- fact_held: money that is held for others: gift cards sold and used, donations, deposits, duties.
--
-- grain  channel, order_id, kind, order_day, currency
-- reads  order_lines, channel_currencies
-- unit   received and used in `currency`
-- note   a gift card that pays is a line below zero; where an order's payment method names it, fact_held_payments tells
-- by month
with held_lines as (
    select
        l.channel as channel,
        l.order_id as order_id,
        l.kind as kind,
        l.order_day as order_day,
        -- a file that names none leaves open in which currency it is
        case when l.currency_assumed then coalesce(q.currency, l.currency) else l.currency end as currency,
        case when l.gross is null then l.unit_price * cast(l.quantity as bigint) else l.gross end
            - coalesce(l.discount, 0) as amount
    from order_lines as l
    left join channel_currencies as q on q.channel = l.channel
    where l.kind in ('gift_card', 'donation', 'deposit', 'duties')
        and l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
),
parts as (
    select
        channel as channel,
        order_id as order_id,
        kind as kind,
        order_day as order_day,
        currency as currency,
        case when amount > 0 then amount else null end as received,
        case when amount < 0 then -amount else null end as used
    from held_lines
    where amount <> 0
)
select
    channel as channel,
    order_id as order_id,
    kind as kind,
    order_day as order_day,
    currency as currency,
    coalesce(sum(received), 0) as received,
    coalesce(sum(used), 0) as used
from parts
group by channel, order_id, kind, order_day, currency
order by channel, order_id, kind, order_day, currency
