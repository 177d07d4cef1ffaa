package com.shop.catalog;

/** Was com.shop.Item. */
public record Article(String word) {}
