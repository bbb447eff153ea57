-- check_override_unsigned: changes by hand without an owner or a reason.
--
-- grain  override_id
-- reads  overrides
-- level  warn
select
    override_id as override_id,
    "at" as at,
    channel as channel,
    sku as sku,
    field as field,
    owner as owner,
    reason as reason
from overrides
where owner is null or owner = '' or reason is null or reason = ''
order by override_id
