-- fact_unsold_charges: what lists of orders say was taken for lines that were cancelled or never paid.
--
-- grain  channel, settlement_id, line
-- reads  order_lines, settlement_lines, fact_settle_whole, calendar, sku_map
-- unit   amount in `currency`, as it moves the balance
-- note   a charge is named after its order, its line and its column, as `charge_name` of the reader names it
-- note   a list of orders says what a line's sale costs, which channels do not take where nothing is sold; a settlement
--        says what was taken, and counts whatever became of the order
with dropped_lines as (
    select channel as channel, order_id as order_id, order_id || '/' || line_id as name
    from order_lines
    where status in ('cancelled', 'unpaid')
),
charged_lines as (
    select channel as channel, order_id as order_id, name || '/fee' as line
    from dropped_lines
    union all
    select channel as channel, order_id as order_id, name || '/shipping_cost' as line
    from dropped_lines
),
unsold_charges as (
    select
        l.channel as channel,
        l.settlement_id as settlement_id,
        l.line as line,
        l.order_id as order_id,
        coalesce(l.channel_sku, l.sku) as listed_sku,
        l.sku as stated_sku,
        l.kind as kind,
        l.posted_day as posted_day,
        l.currency as currency,
        l.amount as amount
    from settlement_lines as l
    inner join charged_lines as d on d.channel = l.channel and d.order_id = l.order_id and d.line = l.line
    inner join calendar as c on c.day = l.posted_day
    left join fact_settle_whole as w
        on w.channel = l.channel and w.settlement_id = l.settlement_id and w.month = c.month
    where l.kind in ('referral_fee', 'shipping_label') and (w.channel is null or l.whole = true)
)
select
    u.channel as channel,
    u.settlement_id as settlement_id,
    u.line as line,
    u.order_id as order_id,
    coalesce(m.sku, u.stated_sku, u.listed_sku, '(unallocated)') as sku,
    u.kind as kind,
    u.posted_day as posted_day,
    u.currency as currency,
    u.amount as amount
from unsold_charges as u
left join sku_map as m on m.channel = u.channel and m.channel_sku = u.listed_sku
where m.channel is null or (u.posted_day >= m.from_day and u.posted_day <= m.until_day)
order by channel, settlement_id, line
