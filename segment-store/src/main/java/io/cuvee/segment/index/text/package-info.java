/// From words to the texts that have them, by Lucene.
@NullMarked
package io.cuvee.segment.index.text;

import org.jspecify.annotations.NullMarked;
