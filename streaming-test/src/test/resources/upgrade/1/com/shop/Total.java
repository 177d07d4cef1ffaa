package com.shop;

import java.util.List;

/** A state. */
public record Total(long count, String first, List<Item> items) {}
