"""The functions that a reader's SQL may use: they compute from their arguments, and know nothing of files or settings.

Not here, among others: what runs SQL out of a text (``query``, ``json_execute_serialized_sql``), what reads
files (``read_*``, ``glob``), what tells of the process (``getenv``, ``current_setting``, ``duckdb_*``, ``pg_*``),
what waits or changes anything (``sleep_ms``, ``nextval``, ``setseed``, ``write_log``).
"""

from __future__ import annotations

from typing import Final


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


OPERATORS: Final = _listed("""
    ! !~~ !~~* % & * ** + - -> ->> / // << >> <@ @> @ ^ ^@ && | || ~ ~~ ~~* ~~~ !__postfix
""")

AGGREGATES: Final = _listed("""
    any_value approx_count_distinct approx_quantile approx_top_k arbitrary arg_max arg_min argmax argmin array_agg
    avg bit_and bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy
    favg first fsum geomean geometric_mean group_concat histogram kahan_sum kurtosis last list listagg mad max
    max_by mean median min min_by mode product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count
    regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy skewness stddev stddev_pop stddev_samp string_agg
    sum sumkahan var_pop var_samp variance weighted_avg wavg json_group_array json_group_object
""")

WINDOWS: Final = _listed("""
    row_number rank dense_rank rank_dense percent_rank cume_dist ntile lag lead first_value last_value nth_value
    fill
""")

TEXTS: Final = _listed("""
    ascii bar bit_length char_length character_length chr concat concat_ws contains damerau_levenshtein editdist3
    ends_with escape format hamming ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left
    left_grapheme len length length_grapheme levenshtein like_escape lower lpad ltrim md5 mismatches nfc_normalize
    not_ilike_escape not_like_escape octet_length ord overlay position prefix printf regexp_escape regexp_extract
    regexp_extract_all regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat replace reverse
    right right_grapheme rpad rtrim sha1 sha256 split split_part starts_with str_split str_split_regex string_split
    string_split_regex string_to_array strip_accents strlen strpos substr substring substring_grapheme suffix
    to_base64 to_hex hex translate trim ucase unicode upper url_decode url_encode base64
""")

NUMBERS: Final = _listed("""
    abs acos add asin atan atan2 bin bit_count cbrt ceil ceiling cos cot degrees divide even exp factorial fdiv
    floor fmod gamma gcd greatest greatest_common_divisor isfinite isinf isnan lcm least least_common_multiple
    lgamma ln log log10 log2 mod multiply pi pow power radians random round round_even sign signbit sin sqrt
    subtract tan trunc xor hash equi_width_bins
""")

TIMES: Final = _listed("""
    age century current_date current_localtime current_localtimestamp current_timestamp date_add date_diff
    date_part date_sub date_trunc datediff datepart datesub datetrunc day dayname dayofmonth dayofweek dayofyear
    days_in_month decade epoch epoch_ms epoch_ns epoch_us era get_current_time get_current_timestamp hour isodow
    isoyear julian last_day localtime localtimestamp make_date make_time make_timestamp make_timestamptz
    microsecond millennium millisecond minute month monthname now quarter second strftime strptime time_bucket
    timezone timezone_hour timezone_minute to_centuries to_days to_decades to_hours to_microseconds to_millennia
    to_milliseconds to_minutes to_months to_quarters to_seconds to_timestamp to_weeks to_years today
    transaction_timestamp try_strptime week weekday weekofyear year yearweek
""")

CHOICES: Final = _listed("""
    if ifnull nullif coalesce typeof pg_typeof alias constant_or_null error row switch
""")

NESTED: Final = _listed("""
    array_aggr array_aggregate array_append array_apply array_cat array_concat array_contains array_distinct
    array_extract array_filter array_has array_has_all array_has_any array_indexof array_intersect array_length
    array_position array_prepend array_reduce array_reverse array_reverse_sort array_select array_slice array_sort
    array_to_json array_to_string array_transform array_unique array_value cardinality element_at filter flatten
    from_json json json_array json_array_length json_contains json_exists json_extract json_extract_path
    json_extract_path_text json_extract_string json_keys json_object json_pretty json_structure json_type
    json_valid json_value list_aggr list_aggregate list_any_value list_append list_apply list_avg list_cat
    list_concat list_contains list_count list_distinct list_element list_extract list_filter list_first list_has
    list_has_all list_has_any list_indexof list_intersect list_last list_max list_median list_min list_mode
    list_pack list_position list_prepend list_product list_reduce list_reverse list_reverse_sort list_select
    list_slice list_sort list_sum list_transform list_unique list_value list_where list_zip map map_concat
    map_contains map_entries map_extract map_extract_value map_from_entries map_keys map_values range
    generate_series reduce row_to_json struct_concat struct_extract struct_extract_at struct_insert struct_keys
    struct_pack struct_values to_json unnest
""")

FUNCTIONS: Final = OPERATORS | AGGREGATES | WINDOWS | TEXTS | NUMBERS | TIMES | CHOICES | NESTED
TABLE_FUNCTIONS: Final = frozenset({"unnest", "range", "generate_series"})
