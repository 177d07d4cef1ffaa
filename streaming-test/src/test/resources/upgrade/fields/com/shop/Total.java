package com.shop;

import java.util.List;

/** A component is gone, and one is new. */
public record Total(List<Item> items, long count, String last) {}
