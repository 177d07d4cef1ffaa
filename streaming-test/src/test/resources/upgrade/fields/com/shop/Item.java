package com.shop;

/** It has one more component. */
public record Item(String word, int size) {}
