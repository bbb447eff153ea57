-- fact_sold: what each order sold of each SKU, without orders of which nothing ever left.
--
-- grain  channel, order_id, sku, order_day, currency
-- reads  fact_sales, fact_never_left
-- unit   as in fact_sales
-- as view
select
    s.channel as channel,
    s.order_id as order_id,
    s.sku as sku,
    s.order_day as order_day,
    s.currency as currency,
    s.units as units,
    s.gross as gross,
    s.discount as discount,
    s.shipping_charged as shipping_charged,
    s.other_income as other_income,
    s.held as held,
    s.tax as tax,
    s.seller_lines as seller_lines,
    s.priced_lines as priced_lines,
    s.unpriced_lines as unpriced_lines
from fact_sales as s
left join fact_never_left as x on x.channel = s.channel and x.order_id = s.order_id
where x.order_id is null
order by channel, order_id, sku, order_day, currency
