-- mart_order_totals: how many orders of each file come to the total that it states of them.
--
-- grain  channel, source_file, currency
-- reads  fact_order_totals
-- unit   orders; difference in `currency`: what documents say less what their lines come to
-- note   untold is an order of which the file states no total, or a line no price
select
    channel as channel,
    source_file as source_file,
    currency as currency,
    sum(cast(case when state = 'tied' then order_count else 0 end as bigint)) as tied,
    sum(cast(case when state = 'differs' then order_count else 0 end as bigint)) as differing,
    sum(cast(case when state = 'untold' then order_count else 0 end as bigint)) as untold,
    coalesce(sum(case when state = 'differs' then total - lines_sum else null end), 0) as difference
from fact_order_totals
group by channel, source_file, currency
order by channel, source_file, currency
