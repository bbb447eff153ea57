-- check_order_unmapped: numbers in orders that stand for no product, with the units and money behind them.
--
-- grain  channel, listed_sku, currency
-- reads  fact_order_unmapped
-- unit   units and gross of what was sold; gross in `currency`
-- level  warn
select
    channel as channel,
    listed_sku as listed_sku,
    currency as currency,
    sum(cast(order_lines_count as bigint)) as order_lines_count,
    sum(cast(units as bigint)) as units,
    sum(gross) as gross
from fact_order_unmapped
group by channel, listed_sku, currency
order by channel, listed_sku, currency
