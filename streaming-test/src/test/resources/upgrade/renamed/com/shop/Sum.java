package com.shop;

import com.shop.catalog.Article;
import java.util.List;

/** Was com.shop.Total. */
public record Sum(long count, String first, List<Article> items) {}
