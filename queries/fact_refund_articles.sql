-- fact_refund_articles: the articles of refunds that name an order's line and no article.
--
-- grain  channel, refund_id, line_id
-- reads  refund_lines, order_lines
-- unit   numbers of articles as the order states them
-- note   the refund's own line is no line of the order, though both may be called `1`
with nameless_refunds as (
    select
        channel as channel,
        refund_id as refund_id,
        line_id as line_id,
        order_id as order_id,
        order_line_id as order_line_id
    from refund_lines
    where sku is null and channel_sku is null and order_line_id is not null
)
select
    f.channel as channel,
    f.refund_id as refund_id,
    f.line_id as line_id,
    l.sku as sku,
    l.channel_sku as channel_sku
from nameless_refunds as f
inner join order_lines as l on l.channel = f.channel and l.order_id = f.order_id and l.line_id = f.order_line_id
order by channel, refund_id, line_id
