/** Rows of calls are written as fast as calls come in, and read now and then: their indexes become lighter. */

/**
 * An index on few different values is small and costs little (equal ones share an entry), so it holds nothing else to sort by; ids
 * that are only ever asked for by themselves need no order.
 */
export const lighterIndexes = `
drop index calls_key_hash, calls_user_id, calls_team_id, calls_customer_id, calls_reply_id, calls_client_call_id;
create index calls_key_hash on calls (key_hash) where key_hash is not null;
create index calls_user_id on calls (user_id) where user_id is not null;
create index calls_team_id on calls (team_id) where team_id is not null;
create index calls_customer_id on calls (customer_id) where customer_id is not null;
create index calls_reply_id on calls using hash (reply_id) where reply_id is not null;
create index calls_client_call_id on calls using hash (client_call_id) where client_call_id is not null;
`;
