"""`python -m benchmarks`, see `make bench`. A client of the crowd imports no more than this."""

if __name__ == "__main__":
    from benchmarks.run import main

    main()
