-- check_order_told_twice: an article of one order in two files under two names: an order read from two kinds of export.
--
-- grain  month, channel, order_id, title, quantity
-- reads  order_lines, calendar
-- note   one kind of export names the lines of an order alike in every file, so a second download is not found here
-- level  warn
-- by month
with retold_orders as (
    select channel as channel, order_id as order_id
    from order_lines
    group by channel, order_id
    having min(source_file) <> max(source_file)
)
select
    c.month as month,
    l.channel as channel,
    l.order_id as order_id,
    l.title as title,
    cast(l.quantity as bigint) as quantity,
    cast(count(distinct l.source_file) as bigint) as files,
    min(l.source_file) as first_file,
    max(l.source_file) as last_file
from order_lines as l
inner join retold_orders as f on f.channel = l.channel and f.order_id = l.order_id
inner join calendar as c on c.day = l.order_day
where l.title is not null and l.status not in ('cancelled', 'unpaid') and l.fulfilment <> 'other_channel'
group by c.month, l.channel, l.order_id, l.title, l.quantity
having cast(count(distinct l.source_file) as bigint) > 1
order by month, channel, order_id, title, quantity
