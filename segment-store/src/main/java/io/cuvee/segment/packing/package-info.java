/// Integers in as few bits as their range needs, in blocks of 2048.
@NullMarked
package io.cuvee.segment.packing;

import org.jspecify.annotations.NullMarked;
