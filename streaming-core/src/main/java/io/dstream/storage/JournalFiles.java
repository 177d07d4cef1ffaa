package io.dstream.storage;

import java.util.List;
import java.util.Locale;

/**
 * Which files make up a journal: its segments, and a file without content whose name tells which segment is the newest, so that
 * nobody takes a journal for whole whose last file is lost.
 *
 * @param kind what is in it, for its headers
 * @param pipeline whose it is, for its headers
 * @param prefix what the names of its files begin with
 * @param suffix what those of segments end with
 */
record JournalFiles(String kind, String pipeline, String prefix, String suffix) {

    private static final String NEWEST = ".newest";
    private static final int DIGITS = 16;

    String name(long segment) {
        return prefix + digits(segment) + suffix;
    }

    /** The name of the file which tells that a segment is the newest. */
    String marker(long segment) {
        return prefix + digits(segment) + NEWEST;
    }

    /** The numbers of the segments among some files, in order. */
    List<Long> segments(List<String> names) {
        return numbers(names, suffix);
    }

    /** The numbers of the segments that are told to be the newest by some files, in order. */
    List<Long> markers(List<String> names) {
        return numbers(names, NEWEST);
    }

    private List<Long> numbers(List<String> names, String end) {
        int from = prefix.length();
        return names.stream()
                .filter(name -> name.length() == from + DIGITS + end.length())
                .filter(name -> name.startsWith(prefix) && name.endsWith(end))
                .map(name -> name.substring(from, from + DIGITS))
                .filter(digits -> digits.chars().allMatch(digit -> digit >= '0' && digit <= '9'))
                .map(Long::valueOf)
                .sorted()
                .toList();
    }

    private static String digits(long segment) {
        return String.format(Locale.ROOT, "%0" + DIGITS + "d", segment);
    }
}
