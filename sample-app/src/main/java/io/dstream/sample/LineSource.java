package io.dstream.sample;

/**
 * The TCP server whose lines are counted.
 *
 * @param host its name or address
 * @param port its port
 */
record LineSource(String host, int port) {}
