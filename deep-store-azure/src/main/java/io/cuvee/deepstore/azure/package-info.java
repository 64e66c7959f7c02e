/// Deep stores in Azure Blob Storage.
@NullMarked
package io.cuvee.deepstore.azure;

import org.jspecify.annotations.NullMarked;
