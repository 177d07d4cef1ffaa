package com.shop;

/** A key of states, and a row of a window. */
public record Item(String word) {}
