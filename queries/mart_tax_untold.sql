-- mart_tax_untold: sales of which no file tells the tax, so that they may hold it.
--
-- grain  channel, currency
-- reads  fact_tax_untold, run
-- unit   amount in `currency`
select
    f.channel as channel,
    f.currency as currency,
    -- lines without a price are told elsewhere
    coalesce(sum(f.amount), 0) as amount
from fact_tax_untold as f
cross join run as r
where f.order_day <= r.as_of
group by f.channel, f.currency
order by channel, currency
