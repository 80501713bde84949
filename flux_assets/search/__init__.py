from flux_assets.search.archive import Archive

__all__ = ["Archive"]
