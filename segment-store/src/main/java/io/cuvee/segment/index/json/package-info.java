/// From paths and values within JSON documents to the documents.
@NullMarked
package io.cuvee.segment.index.json;

import org.jspecify.annotations.NullMarked;
