/** What component scanning is to find. */
package io.dstream.boot.autoconfigure.scanned;
