create table if not exists totals (
    word varchar primary key,
    n bigint not null
);
