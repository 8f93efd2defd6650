import { pointerOutsideOfPreview } from '@atlaskit/pragmatic-drag-and-drop/element/pointer-outside-of-preview';
import { setCustomNativeDragPreview } from '@atlaskit/pragmatic-drag-and-drop/element/set-custom-native-drag-preview';

interface Dragging {
  readonly nativeSetDragImage: DataTransfer['setDragImage'] | null;
}

/** For `draggable`: what is dragged goes along beside the pointer as a few words. */
export function dragPreview(words: () => string): (dragging: Dragging) => void {
  return ({ nativeSetDragImage }) =>
    setCustomNativeDragPreview({
      nativeSetDragImage,
      getOffset: pointerOutsideOfPreview({ x: '14px', y: '10px' }),
      render: ({ container }) => {
        const preview = document.createElement('div');
        preview.className = 'drag-preview';
        preview.textContent = words();
        container.append(preview);
      },
    });
}
